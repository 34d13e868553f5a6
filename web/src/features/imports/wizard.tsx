import { getImport, type Import } from '@rookery/contract/audience.ts';
import { Link, getRouteApi } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Check } from 'lucide-react';
import { useEffect, type ReactElement, type ReactNode } from 'react';

import { refresh, useCall } from '../../platform/query.ts';
import { useSession } from '../../platform/session.ts';
import { buttonStyle } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { DropFiles } from './drop-files.tsx';
import { ImportPreview } from './preview.tsx';
import { useImportNetworks } from './use-import-networks.ts';
import { describePreview } from './words.ts';

const route = getRouteApi('/app/import');
const pollMs = 1_000;
const steps = ['Account', 'Files', 'Check', 'Done'] as const;
const stepOf: Readonly<Record<Import['state'], number>> = {
  receiving: 1, reading: 1, failed: 1, discarded: 1, ready: 2, committing: 2, committed: 3,
};

/** Where in the wizard one is; step one is index 0. */
export function WizardSteps({ current }: { readonly current: number }): ReactElement {
  return (
    <ol aria-label="Steps" className="flex flex-wrap gap-x-5 gap-y-2 text-caption">
      {steps.map((step, index) => {
        const isPast = index < current || current === steps.length - 1;
        return (
          <li
            key={step}
            aria-current={index === current ? 'step' : undefined}
            className={`flex items-center gap-1.5 ${index === current ? 'font-semibold text-ink' : 'text-muted'}`}
          >
            <span
              aria-hidden="true"
              className={clsx(
                'grid size-5 place-items-center rounded-full text-axis font-semibold',
                index === current || isPast ? 'bg-accent text-on-accent' : 'bg-sunken text-muted ring-1 ring-line',
              )}
            >
              {isPast ? <Check size={12} /> : index + 1}
            </span>
            {step}
            {isPast && <span className="sr-only"> (done)</span>}
          </li>
        );
      })}
    </ol>
  );
}

/** Mounted while the server works: asks each second, should an event get lost. */
function Working({ item }: { readonly item: Import }): ReactElement {
  const { workspace } = useSession();
  useCall(getImport, { params: { workspaceId: workspace.workspaceId, importId: item.id } }, { refetchMs: pollMs });
  const label = item.state === 'reading' ? 'Reading the files' : 'Recording the list';
  return (
    <Card>
      <div className="flex flex-col gap-3 pt-1" role="status">
        <p className="font-medium">{label}</p>
        <ProgressBar label={label} share={item.progress > 0 ? item.progress : null} />
        <p className="text-caption text-muted">You can leave this page: it goes on, and “Earlier imports” leads back here.</p>
      </div>
    </Card>
  );
}

function Done({ item }: { readonly item: Import }): ReactElement {
  const { workspace } = useSession();
  const search = item.accountId === null ? {} : { account: item.accountId };
  useEffect(() => {
    void refresh(['listAccounts', 'getAudienceSummary', 'listChanges', 'listFollowers', 'getDashboard']);
  }, []);
  return (
    <Card>
      <Empty
        hint={item.preview === null
          ? undefined
          : describePreview(item.preview, workspace.timeZone).replace(/(?:This|It) will show/, 'It shows')}
        action={
          <div className="flex flex-wrap justify-center gap-2">
            <Link to="/audience" search={search} className={buttonStyle({ kind: 'primary' })}>See the audience</Link>
            <Link to="/import" search={search} className={buttonStyle()}>Import another list</Link>
          </div>
        }
      >
        The list is imported
      </Empty>
    </Card>
  );
}

function Ended({ item, again }: { readonly item: Import; readonly again: ReactNode }): ReactElement {
  if (item.state === 'discarded') {
    return <Card><Empty action={again} hint="Nothing of it was recorded.">This upload was thrown away</Empty></Card>;
  }
  return (
    <Card>
      <div role="alert">
        <Empty action={again} hint={<span className="break-words">{item.error ?? 'The server gave no reason.'}</span>}>
          These files could not be imported
        </Empty>
      </div>
    </Card>
  );
}

function Step({ item }: { readonly item: Import }): ReactElement {
  const search = route.useSearch();
  const { networks } = useImportNetworks();
  const networkId = item.preview?.network ?? search.network;
  const network = networks?.find(({ id }) => id === networkId);
  const accountId = item.accountId ?? search.account;
  const start = { ...(accountId === undefined ? {} : { account: accountId }), ...(networkId === undefined ? {} : { network: networkId }) };
  const again = <Link to="/import" search={start} className={buttonStyle({ kind: 'primary' })}>Start again with other files</Link>;
  if (item.state === 'receiving') return <DropFiles item={item} network={network} />;
  if (item.state === 'reading' || item.state === 'committing') return <Working item={item} />;
  if (item.state === 'committed') return <Done item={item} />;
  if (item.state === 'ready' && item.preview !== null) return <ImportPreview item={item} preview={item.preview} />;
  return <Ended item={item} again={again} />;
}

/** One import on its way: files, reading, check, done. Its state decides the step, so a reload goes on where it was. */
export function ImportWizard({ importId }: { readonly importId: string }): ReactElement {
  const { workspace } = useSession();
  const query = useCall(getImport, { params: { workspaceId: workspace.workspaceId, importId } });
  const item = query.data?.import;
  if (item === undefined) {
    return (
      <Card isFlush>
        {query.error === null
          ? <SkeletonRows rows={3} label="Loading the import" />
          : <ErrorState what="The import" error={query.error} onRetry={() => void query.refetch()} />}
      </Card>
    );
  }
  return (
    <>
      <WizardSteps current={stepOf[item.state]} />
      <Step item={item} />
    </>
  );
}
