import type { ReactElement } from 'react';

import { Page } from '../../ui/page.tsx';

export function AuditLog(): ReactElement {
  return <Page title="Audit log">{null}</Page>;
}
