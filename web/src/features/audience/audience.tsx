import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';

import { useSession } from '../../platform/session.ts';
import { buttonStyle } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Page } from '../../ui/page.tsx';

/** "Who came, who left, and why then?" */
export function Audience(): ReactElement {
  const { workspace } = useSession();
  return (
    <Page title="Audience" context={workspace.timeZone}>
      <Card>
        <Empty action={<Link to="/accounts" className={buttonStyle()}>See your accounts</Link>}>Who came and who left shows here once an account has been synced.</Empty>
      </Card>
    </Page>
  );
}
