import { listImports, type Import } from '@rookery/contract/audience.ts';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';

import { formatCount } from '../../platform/format.ts';
import { useCall } from '../../platform/query.ts';
import { useSession } from '../../platform/session.ts';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Table, Td, Th, Tr } from '../../ui/table.tsx';
import { useImportNetworks, type ImportNetwork } from './use-import-networks.ts';
import { importStateWords } from './words.ts';

function describeFiles(item: Import): string {
  const [first] = item.files;
  if (first === undefined) return 'No files yet';
  return item.files.length === 1 ? first.name : `${first.name} and ${formatCount(item.files.length - 1)} more`;
}

function ImportRow({ item, network }: { readonly item: Import; readonly network: ImportNetwork | undefined }): ReactElement {
  const { workspace } = useSession();
  const state = importStateWords[item.state];
  const owner = item.preview?.owner ?? null;
  return (
    <Tr isLink>
      <Td>
        <Link to="/import" search={{ id: item.id }} data-row-link className="block max-w-72 truncate font-medium max-sm:max-w-36">
          {owner === null ? describeFiles(item) : `@${owner.replace(/^@/, '')}`}
        </Link>
        {network !== undefined && <span className="text-caption text-muted">{network.name}</span>}
      </Td>
      <Td><Badge tone={state.tone} shape={state.shape}>{state.word}</Badge></Td>
      <Td align="end" className="max-sm:hidden">
        {item.preview === null ? <span className="text-faint">–</span> : formatCount(item.preview.followers)}
      </Td>
      <Td align="end" className="text-muted"><RelativeTime instant={item.createdAt} timeZone={workspace.timeZone} /></Td>
    </Tr>
  );
}

/** What was imported, or begun, before. */
export function EarlierImports(): ReactElement {
  const { workspace } = useSession();
  const imports = useCall(listImports, { params: { workspaceId: workspace.workspaceId } });
  const { networks } = useImportNetworks();
  const list = imports.data?.imports;
  return (
    <Card title="Earlier imports" isFlush>
      {imports.error !== null && list === undefined && (
        <ErrorState what="The earlier imports" error={imports.error} onRetry={() => void imports.refetch()} />
      )}
      {imports.isPending && <SkeletonRows rows={3} label="Loading the earlier imports" />}
      {list?.length === 0 && <Empty>Nothing has been imported yet</Empty>}
      {list !== undefined && list.length > 0 && (
        <Table label="Earlier imports">
          <thead>
            <tr>
              <Th>Export</Th>
              <Th>State</Th>
              <Th align="end" className="max-sm:hidden">Followers</Th>
              <Th align="end">Begun</Th>
            </tr>
          </thead>
          <tbody>
            {list.map((item) => <ImportRow key={item.id} item={item} network={networks?.find(({ id }) => id === item.preview?.network)} />)}
          </tbody>
        </Table>
      )}
    </Card>
  );
}
