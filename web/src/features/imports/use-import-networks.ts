import { listNetworks } from '@rookery/contract/accounts.ts';
import type { ExportGuide } from '@rookery/contract/networks.ts';

import type { ApiError } from '../../platform/api-error.ts';
import { useCall } from '../../platform/query.ts';
import { useSession } from '../../platform/session.ts';

/** A network whose data exports can be imported. */
export interface ImportNetwork {
  readonly id: string;
  readonly name: string;
  readonly guide: ExportGuide;
}

export interface ImportNetworks {
  /** In the order of the server; undefined until it has answered. */
  readonly networks: readonly ImportNetwork[] | undefined;
  readonly error: ApiError | null;
  readonly retry: () => void;
}

/** The networks whose data exports this server reads, each with how to get one. */
export function useImportNetworks(): ImportNetworks {
  const { workspace } = useSession();
  const query = useCall(listNetworks, { params: { workspaceId: workspace.workspaceId } });
  const networks = query.data?.networks.flatMap(({ id, name, exportGuide }) =>
    (exportGuide === null ? [] : [{ id, name, guide: exportGuide }]));
  return { networks, error: query.error, retry: () => void query.refetch() };
}
