import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';

import { buttonStyle } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Page } from '../../ui/page.tsx';

/** One account: health, scopes, sync log. */
export function AccountDetail(): ReactElement {
  return (
    <Page title="Account">
      <Card>
        <Empty action={<Link to="/accounts" className={buttonStyle()}>Back to accounts</Link>}>Health, scopes and the sync log of this account show here.</Empty>
      </Card>
    </Page>
  );
}
