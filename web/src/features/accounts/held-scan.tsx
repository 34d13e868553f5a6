import { discardScan, releaseScan, type Scan } from '@rookery/contract/accounts.ts';
import { useState, type ReactElement } from 'react';

import { formatInstant, formatPlural } from '../../platform/format.ts';
import { useSend } from '../../platform/query.ts';
import { useCan, useSession } from '../../platform/session.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { showToast } from '../../ui/toast.tsx';
import { describeEvidence } from './words.ts';

const affected = ['listScans', 'getAccount', 'listAccounts', 'getDashboard', 'getAudienceSummary', 'listChanges', 'listFollowers'];

/** A complete but implausible scan: the evidence, and the two ways out. */
export function HeldScan({ scan }: { readonly scan: Scan }): ReactElement {
  const { workspace } = useSession();
  const canDecide = useCan('audience:sync');
  const [asked, setAsked] = useState<'release' | 'discard' | null>(null);
  const release = useSend(releaseScan, affected);
  const discard = useSend(discardScan, affected);
  const params = { workspaceId: workspace.workspaceId, accountId: scan.accountId, scanId: scan.id };
  const accept = async (): Promise<void> => {
    await release.mutateAsync({ params });
    showToast(`${formatPlural(scan.lost, 'person', 'people')} recorded as gone`);
  };
  const throwAway = async (): Promise<void> => {
    await discard.mutateAsync({ params });
    showToast('The scan was thrown away');
  };
  return (
    <Callout tone="warning" className="p-4">
      <h2 className="font-semibold">A sync is held: {formatPlural(scan.lost, 'follower')} would be gone at once</h2>
      <p className="text-caption text-muted">{formatInstant(scan.finishedAt ?? scan.startedAt, workspace.timeZone)}</p>
      <ul className="mt-2 flex list-disc flex-col gap-1 pl-4">
        {describeEvidence(scan).map((sentence) => <li key={sentence}>{sentence}</li>)}
      </ul>
      <p className="mt-2">
        Nothing of it is recorded yet. The next whole sync takes its place: one that sees the same counts by itself only when the
        network’s own count agrees with it.
      </p>
      {canDecide
        ? (
            <div className="mt-3 flex flex-wrap gap-2">
              <Button onClick={() => setAsked('release')}>Accept: they really left</Button>
              <Button onClick={() => setAsked('discard')}>Throw away</Button>
            </div>
          )
        : <p className="mt-2 text-caption text-muted">Owners, admins and editors can decide.</p>}
      {asked === 'release' && (
        <ConfirmDialog
          title={`Record ${formatPlural(scan.lost, 'follower')} as gone?`} verb="Accept"
          confirm={accept} onClose={() => setAsked(null)}
        >
          They are recorded as gone in this account’s history and count in its figures. This can’t be undone. The audit log says that
          you decided it.
        </ConfirmDialog>
      )}
      {asked === 'discard' && (
        <ConfirmDialog
          title="Throw this scan away?" verb="Throw away" isDangerous={false}
          confirm={throwAway} onClose={() => setAsked(null)}
        >
          Nothing of it is recorded: the follower list stays as it was. The next sync looks again.
        </ConfirmDialog>
      )}
    </Callout>
  );
}
