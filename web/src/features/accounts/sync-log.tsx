import { listScans, type Scan } from '@rookery/contract/accounts.ts';
import type { ReactElement } from 'react';

import { formatCount, formatSigned } from '../../platform/format.ts';
import { useCall } from '../../platform/query.ts';
import { useSession } from '../../platform/session.ts';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Table, Td, Th, Tr } from '../../ui/table.tsx';
import { describeReceived, scanKindWords, scanStateOf } from './words.ts';

const shownMax = 50;

/** Figures of a scan that recorded something; a held or failed one has none to show. */
function Recorded({ scan, count, sign }: { readonly scan: Scan; readonly count: number; readonly sign: 1 | -1 }): ReactElement {
  const isRecorded = scan.state === 'complete' || scan.state === 'partial';
  if (!isRecorded) {
    return <span className="text-faint"><span aria-hidden="true">–</span><span className="sr-only">nothing recorded</span></span>;
  }
  return <span className={count === 0 ? 'text-muted' : sign === 1 ? 'text-gain' : 'text-loss'}>{formatSigned(count * sign)}</span>;
}

function ScanRow({ scan }: { readonly scan: Scan }): ReactElement {
  const { workspace } = useSession();
  const state = scanStateOf(scan);
  return (
    <Tr>
      <Td className="align-top"><RelativeTime instant={scan.startedAt} timeZone={workspace.timeZone} /></Td>
      <Td className="align-top text-muted max-md:hidden">{scanKindWords[scan.kind]}</Td>
      <Td className="align-top">
        <Badge tone={state.tone} shape={state.shape}>{state.word}</Badge>
        {scan.reason !== null && <p className="mt-1 max-w-[60ch] text-caption text-muted">{scan.reason}</p>}
      </Td>
      <Td align="end" className="align-top text-muted max-md:hidden">
        {scan.state === 'running' ? formatCount(scan.received) : describeReceived(scan)}
      </Td>
      <Td align="end" className="align-top"><Recorded scan={scan} count={scan.gained} sign={1} /></Td>
      <Td align="end" className="align-top"><Recorded scan={scan} count={scan.lost} sign={-1} /></Td>
    </Tr>
  );
}

/** Every look at the follower list, newest first, with what came of it. */
export function SyncLog({ accountId }: { readonly accountId: string }): ReactElement {
  const { workspace } = useSession();
  const scans = useCall(listScans, { params: { workspaceId: workspace.workspaceId, accountId }, query: { limit: shownMax } });
  const list = scans.data?.scans;
  return (
    <Card title="Sync log" hint={`Newest first, the last ${shownMax}. Only a complete scan can say that someone left.`} isFlush>
      {scans.error !== null && list === undefined && (
        <ErrorState what="The sync log" error={scans.error} onRetry={() => void scans.refetch()} />
      )}
      {scans.isPending && <SkeletonRows rows={4} label="Loading the sync log" />}
      {list?.length === 0 && <Empty>No sync has run yet</Empty>}
      {list !== undefined && list.length > 0 && (
        <Table label="Sync log">
          <thead>
            <tr>
              <Th>When</Th>
              <Th className="max-md:hidden">Looked at</Th>
              <Th>Result</Th>
              <Th align="end" className="max-md:hidden">Read</Th>
              <Th align="end">Gained</Th>
              <Th align="end">Lost</Th>
            </tr>
          </thead>
          <tbody>{list.map((scan) => <ScanRow key={scan.id} scan={scan} />)}</tbody>
        </Table>
      )}
    </Card>
  );
}
