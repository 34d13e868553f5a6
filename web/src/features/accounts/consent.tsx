import { connectWithPassword, listAccounts, startConnect, type Account } from '@rookery/contract/accounts.ts';
import type { Network } from '@rookery/contract/networks.ts';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';

import { ApiError } from '../../platform/api-error.ts';
import { call } from '../../platform/call.ts';
import { refresh } from '../../platform/query.ts';
import { useSession } from '../../platform/session.ts';
import { Button, buttonStyle } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { PasswordField, TextField } from '../../ui/field.tsx';
import { Form, SubmitButton, rawTextOf, textOf } from '../../ui/form.tsx';
import { describeUse } from './words.ts';

const leavingMs = 4_000;

/** Leaves for the network's page. Resolves a while later, so that the button stays busy until the page is gone. */
async function leaveFor(authorizeUrl: string): Promise<void> {
  const { protocol } = new URL(authorizeUrl);
  // A federated server names its own page; nothing but a web page is opened.
  if (protocol !== 'https:' && protocol !== 'http:') {
    throw new ApiError('network-failed', 'The network named a sign-in page that is no web address. Nothing was opened.');
  }
  globalThis.location.assign(authorizeUrl);
  await new Promise((resolve) => {
    setTimeout(resolve, leavingMs);
  });
}

interface ConsentProps {
  readonly network: Network;
  /** The account to reconnect, where there is one. */
  readonly account: Account | null;
}

function AddressField({ network, account }: ConsentProps): ReactElement | null {
  if (network.asksFor === null) return null;
  const typing = { autoCapitalize: 'off', autoCorrect: 'off', spellCheck: false } as const;
  const simulated = 'Simulated here: leave it empty.';
  const { kind, example } = network.asksFor;
  if (kind === 'server') {
    const server = account?.handle.split('@').at(-1);
    return (
      <TextField
        label={`Your ${network.name} server`} name="address" placeholder={example} inputMode="url" autoComplete="off" {...typing}
        defaultValue={account !== null && account.handle.replace(/^@/, '').includes('@') ? server : ''}
        help={network.simulated ? simulated : 'The part after the last @ of your handle. Your whole handle works too.'}
      />
    );
  }
  return (
    <TextField
      label={`Your ${network.name} handle`} name="address" placeholder={example} inputMode="email" autoComplete="username" {...typing}
      defaultValue={account?.handle.replace(/^@/, '') ?? ''}
      help={network.simulated ? simulated : 'So that we find the server your account lives on.'}
    />
  );
}

function Scopes({ network }: { readonly network: Network }): ReactElement {
  if (network.scopes.length === 0) return <p className="text-muted">{network.name} asks for no particular permissions.</p>;
  return (
    <dl className="flex flex-col divide-y divide-line">
      {network.scopes.map(({ scope, reason }) => (
        <div key={scope} className="flex flex-col gap-0.5 py-2.5 first:pt-0 last:pb-0">
          <dt className="order-2 text-caption text-faint"><code className="break-all">{scope}</code></dt>
          <dd className="order-1">{reason}</dd>
        </div>
      ))}
    </dl>
  );
}

interface PasswordConsentProps extends ConsentProps {
  readonly guide: NonNullable<Network['appPassword']>;
  readonly onBack: () => void;
}

function PasswordConsent({ network, account, guide, onBack }: PasswordConsentProps): ReactElement {
  const { workspace } = useSession();
  const navigate = useNavigate();
  const submit = async (data: FormData): Promise<void> => {
    const reply = await call(connectWithPassword, {
      params: { workspaceId: workspace.workspaceId },
      body: { network: network.id, handle: textOf(data, 'handle'), password: rawTextOf(data, 'password'), accountId: account?.id },
    });
    await refresh([listAccounts.id, 'getAccount', 'getDashboard']);
    await navigate({ to: '/accounts/$accountId', params: { accountId: reply.account.id }, search: { connected: '1' } });
  };
  return (
    <Card
      title="Use an app password"
      hint={<>
        Make one in {network.name} under {guide.place}. Never type your real password here.
        It is used once and not kept. It allows more than what Rookery does with it: {describeUse(network)}
      </>}
    >
      <Form submit={submit}>
        <TextField
          label="Handle" name="handle" required placeholder={guide.handleExample} autoComplete="username"
          autoCapitalize="off" autoCorrect="off" spellCheck={false}
          defaultValue={account?.handle.replace(/^@/, '') ?? ''}
        />
        <PasswordField label="App password" name="password" required placeholder={guide.passwordExample} autoComplete="off" />
        <div className="flex flex-wrap gap-2">
          <SubmitButton>Connect</SubmitButton>
          <Button kind="ghost" onClick={onBack}>Sign in at {network.name} instead</Button>
        </div>
      </Form>
    </Card>
  );
}

/** What we ask a network for and why, then the way there. */
export function Consent({ network, account }: ConsentProps): ReactElement {
  const { workspace } = useSession();
  const [usesPassword, setUsesPassword] = useState(false);
  if (usesPassword && network.appPassword !== null) {
    return <PasswordConsent network={network} account={account} guide={network.appPassword} onBack={() => setUsesPassword(false)} />;
  }
  const submit = async (data: FormData): Promise<void> => {
    const address = textOf(data, 'address');
    const { authorizeUrl } = await call(startConnect, {
      params: { workspaceId: workspace.workspaceId },
      body: { network: network.id, address: address === '' ? undefined : address, accountId: account?.id },
    });
    await leaveFor(authorizeUrl);
  };
  return (
    <>
      {network.simulated && (
        <Callout tone="info">
          {network.name} is simulated on this server. The page that follows is a stand-in; no real account is touched.
        </Callout>
      )}
      <Card title="What we ask for, and why" hint={describeUse(network)}>
        <Scopes network={network} />
      </Card>
      {network.limitation !== null && (
        <Callout tone="info"><p className="font-medium">Good to know</p><p>{network.limitation}</p></Callout>
      )}
      <Card>
        <Form submit={submit}>
          <AddressField network={network} account={account} />
          <p className="text-muted">
            You sign in at {network.name}. Your password never comes here, and you can end the access there or here at any time.
          </p>
          <div className="flex flex-wrap gap-2">
            <SubmitButton>Continue to {network.name}</SubmitButton>
            {network.appPassword !== null && (
              <Button kind="ghost" onClick={() => setUsesPassword(true)}>Use an app password instead</Button>
            )}
            {account === null
              ? <Link to="/accounts/connect" search={{}} className={buttonStyle({ kind: 'ghost' })}>Choose another network</Link>
              : (
                  <Link to="/accounts/$accountId" params={{ accountId: account.id }} className={buttonStyle({ kind: 'ghost' })}>
                    Back to the account
                  </Link>
                )}
          </div>
        </Form>
      </Card>
    </>
  );
}
