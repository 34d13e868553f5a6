import { listAccounts, type Account } from '@rookery/contract/accounts.ts';
import { createImport } from '@rookery/contract/audience.ts';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';

import { call } from '../../platform/call.ts';
import { refresh, useCall } from '../../platform/query.ts';
import { useSession } from '../../platform/session.ts';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Form, SubmitButton, textOf } from '../../ui/form.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { ExportGuideSteps } from './export-guide.tsx';
import { useImportNetworks, type ImportNetwork } from './use-import-networks.ts';

const route = getRouteApi('/app/import');
const newPrefix = 'new:';

interface ChoiceProps {
  readonly accounts: readonly Account[];
  readonly networks: readonly ImportNetwork[];
}

function ChoiceOptions({ accounts, networks }: ChoiceProps): ReactElement {
  return (
    <>
      {accounts.length > 0 && (
        <optgroup label="An account that is here">
          {accounts.map((account) => (
            <option key={account.id} value={account.id}>@{account.handle.replace(/^@/, '')} – {account.networkName}</option>
          ))}
        </optgroup>
      )}
      <optgroup label="Another account">
        {networks.map(({ id, name }) => <option key={id} value={`${newPrefix}${id}`}>Another {name} account</option>)}
      </optgroup>
    </>
  );
}

function StartForm({ accounts, networks, first }: ChoiceProps & { readonly first: ImportNetwork }): ReactElement {
  const { workspace } = useSession();
  const search = route.useSearch();
  const navigate = useNavigate();
  const known = networks.find(({ id }) => id === search.network) ?? null;
  const usual = known === null ? accounts.find((account) => account.state === 'import')?.id : undefined;
  const asked = accounts.find(({ id }) => id === search.account)?.id;
  const [choice, setChoice] = useState(asked ?? usual ?? `${newPrefix}${(known ?? first).id}`);
  const account = accounts.find(({ id }) => id === choice);
  const networkId = account?.network ?? choice.slice(newPrefix.length);
  const network = networks.find(({ id }) => id === networkId) ?? first;
  const submit = async (data: FormData): Promise<void> => {
    const body = account === undefined ? { network: network.id, handle: textOf(data, 'handle') } : { accountId: account.id };
    const reply = await call(createImport, { params: { workspaceId: workspace.workspaceId }, body });
    await refresh(['listImports']);
    const about = { network: network.id, ...(account === undefined ? {} : { account: account.id }) };
    await navigate({ to: '/import', search: { id: reply.import.id, ...about } });
  };
  return (
    <>
      <Card title="Whose followers?">
        <Form submit={submit}>
          <SelectField label="Account" name="accountId" value={choice} onChange={(event) => setChoice(event.target.value)}>
            <ChoiceOptions accounts={accounts} networks={networks} />
          </SelectField>
          {account === undefined && (
            <TextField
              label={`Handle on ${network.name}`} name="handle" required
              placeholder="name" autoComplete="off" autoCapitalize="off" autoCorrect="off" spellCheck={false}
              help="The account that the export is of. It joins your accounts as “Imports only”."
            />
          )}
          <div><SubmitButton>Continue to the files</SubmitButton></div>
        </Form>
      </Card>
      <Card title={`Get your export from ${network.name}`} hint="No export yet? Ask for it now and come back; nothing is lost.">
        <ExportGuideSteps network={network} />
      </Card>
    </>
  );
}

/** Step one: whose list it is, and how to get it from the network. */
export function StartImport(): ReactElement {
  const { workspace } = useSession();
  const accounts = useCall(listAccounts, { params: { workspaceId: workspace.workspaceId } });
  const { networks, error, retry } = useImportNetworks();
  const asked = route.useSearch().account;
  // An account that an import has just made is not in a list from before: wait for the fresh one.
  const isLate = asked !== undefined && accounts.isFetching && accounts.data?.accounts.some(({ id }) => id === asked) === false;
  if (accounts.data !== undefined && networks !== undefined && !isLate) {
    const [first] = networks;
    if (first === undefined) return <Card><Empty>This server reads the data exports of no network</Empty></Card>;
    const ids = new Set(networks.map(({ id }) => id));
    return <StartForm accounts={accounts.data.accounts.filter(({ network }) => ids.has(network))} networks={networks} first={first} />;
  }
  if (accounts.error !== null) {
    return <Card isFlush><ErrorState what="The accounts" error={accounts.error} onRetry={() => void accounts.refetch()} /></Card>;
  }
  if (error !== null) return <Card isFlush><ErrorState what="The networks" error={error} onRetry={retry} /></Card>;
  return <Card isFlush><SkeletonRows rows={3} label="Loading the accounts" /></Card>;
}
