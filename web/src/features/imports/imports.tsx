import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';

import { buttonStyle } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Page } from '../../ui/page.tsx';

/** Data exports of networks, brought in. */
export function Imports(): ReactElement {
  return (
    <Page title="Imports">
      <Card>
        <Empty action={<Link to="/accounts" className={buttonStyle()}>See your accounts</Link>}>Imported data exports show here.</Empty>
      </Card>
    </Page>
  );
}
