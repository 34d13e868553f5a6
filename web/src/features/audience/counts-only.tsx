import { listNetworks, type Account } from '@rookery/contract/accounts.ts';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';

import { useCall } from '../../platform/query.ts';
import { useCan, useSession } from '../../platform/session.ts';
import { buttonStyle } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/empty.tsx';

/** Stands where the list would be, for networks that name nobody. */
export function CountsOnly({ account }: { readonly account: Account }): ReactElement {
  const { workspace } = useSession();
  const canImport = useCan('audience:import');
  const networks = useCall(listNetworks, { params: { workspaceId: workspace.workspaceId } });
  const network = networks.data?.networks.find((candidate) => candidate.id === account.network);
  const isImportable = network?.capabilities.includes('import') === true;
  return (
    <Card>
      <Empty
        hint={isImportable
          ? 'Its data export holds your follower list: with two of them you see who came and who left between.'
          : undefined}
        action={isImportable && canImport
          ? <Link to="/import" search={{ account: account.id }} className={buttonStyle({ kind: 'primary' })}>Import an export</Link>
          : undefined}
      >
        {account.networkName} tells how many follow you, not who.
      </Empty>
    </Card>
  );
}
