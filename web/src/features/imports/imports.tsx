import { Link, getRouteApi } from '@tanstack/react-router';
import type { ReactElement } from 'react';

import { useCan } from '../../platform/session.ts';
import { buttonStyle } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Page } from '../../ui/page.tsx';
import { EarlierImports } from './earlier-imports.tsx';
import { StartImport } from './start-import.tsx';
import { ImportWizard, WizardSteps } from './wizard.tsx';

const route = getRouteApi('/app/import');

/** Data exports of networks, brought in: whose list, the files, a check, done. */
export function Imports(): ReactElement {
  const { id, account, network } = route.useSearch();
  const canImport = useCan('audience:import');
  if (!canImport) {
    return (
      <Page title="Imports" width="narrow">
        <Card>
          <Empty action={<Link to="/audience" className={buttonStyle()}>See the audience</Link>}>
            Owners, admins and editors import data exports
          </Empty>
        </Card>
      </Page>
    );
  }
  return (
    <Page
      title="Import a data export"
      context="What the network lets you download"
      width="narrow"
      actions={id !== undefined && <Link to="/import" search={{}} className={buttonStyle({ kind: 'ghost' })}>All imports</Link>}
    >
      {id === undefined
        ? (
            <>
              <WizardSteps current={0} />
              <StartImport key={`${account ?? ''} ${network ?? ''}`} />
              <EarlierImports />
            </>
          )
        : <ImportWizard key={id} importId={id} />}
    </Page>
  );
}
