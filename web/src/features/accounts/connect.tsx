import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';

import { buttonStyle } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Page } from '../../ui/page.tsx';

/** Choose a network, see what we will ask for and why, go there. */
export function ConnectAccount(): ReactElement {
  return (
    <Page title="Connect an account" width="narrow">
      <Card>
        <Empty action={<Link to="/accounts" className={buttonStyle()}>Back to accounts</Link>}>The networks of this server show here.</Empty>
      </Card>
    </Page>
  );
}
