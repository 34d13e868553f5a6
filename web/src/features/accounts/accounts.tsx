import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';

import { buttonStyle } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Page } from '../../ui/page.tsx';

/** The workspace's accounts and their health. */
export function Accounts(): ReactElement {
  return (
    <Page title="Accounts">
      <Card>
        <Empty action={<Link to="/accounts/connect" className={buttonStyle({ kind: 'primary' })}>Connect an account</Link>}>Connected accounts and their health show here.</Empty>
      </Card>
    </Page>
  );
}
