import type { ReactElement } from 'react';

import { Page } from '../../ui/page.tsx';

export function Team(): ReactElement {
  return <Page title="Team">{null}</Page>;
}
