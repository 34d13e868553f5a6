import { listAccounts, type Account } from '@rookery/contract/accounts.ts';
import { createImport } from '@rookery/contract/audience.ts';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';

import { call } from '../../platform/call.ts';
import { refresh, useCall } from '../../platform/query.ts';
import { useSession } from '../../platform/session.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Form, SubmitButton, textOf } from '../../ui/form.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { ExportGuideSteps } from './export-guide.tsx';
import { importNetworks, type ImportNetwork } from './search.ts';
import { networkNames } from './words.ts';

const route = getRouteApi('/app/import');

/** The network of an account, where its exports can be read. */
function importNetworkOf(network: string | undefined): ImportNetwork | undefined {
  return importNetworks.find((candidate) => candidate === network);
}

const newPrefix = 'new:';

function ChoiceOptions({ accounts }: { readonly accounts: readonly Account[] }): ReactElement {
  return (
    <>
      {accounts.length > 0 && (
        <optgroup label="An account that is here">
          {accounts.map((account) => (
            <option key={account.id} value={account.id}>{account.handle.startsWith('@') ? account.handle : `@${account.handle}`} – {account.networkName}</option>
          ))}
        </optgroup>
      )}
      <optgroup label="Another account">
        {importNetworks.map((network) => <option key={network} value={`${newPrefix}${network}`}>Another {networkNames[network]} account</option>)}
      </optgroup>
    </>
  );
}

function StartForm({ accounts }: { readonly accounts: readonly Account[] }): ReactElement {
  const { workspace } = useSession();
  const search = route.useSearch();
  const navigate = useNavigate();
  const asked = accounts.find((account) => account.id === search.account);
  const usual = accounts.find((account) => account.state === 'import')?.id ?? `${newPrefix}instagram`;
  const [choice, setChoice] = useState(asked?.id ?? (search.network === undefined ? usual : `${newPrefix}${search.network}`));
  const account = accounts.find(({ id }) => id === choice);
  const network = importNetworkOf(account?.network ?? choice.slice(newPrefix.length)) ?? 'instagram';
  const submit = async (data: FormData): Promise<void> => {
    const body = account === undefined ? { network, handle: textOf(data, 'handle') } : { accountId: account.id };
    const reply = await call(createImport, { params: { workspaceId: workspace.workspaceId }, body });
    await refresh(['listImports']);
    await navigate({ to: '/import', search: { id: reply.import.id, network, ...(account === undefined ? {} : { account: account.id }) } });
  };
  return (
    <>
      <Card title="Whose followers?">
        <Form submit={submit}>
          <SelectField label="Account" name="accountId" value={choice} onChange={(event) => setChoice(event.target.value)}>
            <ChoiceOptions accounts={accounts} />
          </SelectField>
          {account === undefined && (
            <TextField
              label={`Handle on ${networkNames[network]}`} name="handle" required
              placeholder="name" autoComplete="off" autoCapitalize="off" autoCorrect="off" spellCheck={false}
              help="The account that the export is of. It joins your accounts as “Imports only”."
            />
          )}
          <div><SubmitButton>Continue to the files</SubmitButton></div>
        </Form>
      </Card>
      <Card title={`Get your export from ${networkNames[network]}`} hint="No export yet? Ask for it now and come back; nothing is lost.">
        <ExportGuideSteps network={network} />
      </Card>
    </>
  );
}

/** Step one: whose list it is, and how to get it from the network. */
export function StartImport(): ReactElement {
  const { workspace } = useSession();
  const accounts = useCall(listAccounts, { params: { workspaceId: workspace.workspaceId } });
  if (accounts.data === undefined) {
    return (
      <Card isFlush>
        {accounts.error === null
          ? <SkeletonRows rows={3} label="Loading the accounts" />
          : <ErrorState what="The accounts" error={accounts.error} onRetry={() => void accounts.refetch()} />}
      </Card>
    );
  }
  return <StartForm accounts={accounts.data.accounts.filter((account) => importNetworkOf(account.network) !== undefined)} />;
}
