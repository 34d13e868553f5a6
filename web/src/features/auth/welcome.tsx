import { signUp, type Bootstrap } from '@rookery/contract/auth.ts';
import { acceptInvitation, readInvitation } from '@rookery/contract/team.ts';
import { useQuery } from '@tanstack/react-query';
import { Navigate, useLocation, useNavigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';

import { call } from '../../platform/call.ts';
import { browserZone } from '../../platform/format.ts';
import { refresh } from '../../platform/query.ts';
import { bootstrapQuery, chooseWorkspace, takeBootstrap } from '../../platform/session.ts';
import { Button, buttonStyle } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PasswordField, TextField } from '../../ui/field.tsx';
import { Form, rawTextOf, SubmitButton, textOf } from '../../ui/form.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { ZoneField } from '../../ui/zone-field.tsx';
import { AuthFrame } from './auth-frame.tsx';
import { linkTokenIn } from './link-token.ts';

/** Where people arrive for the first time: by the set-up link, by an invitation, or freely where that is allowed. */
export function Welcome(): ReactElement {
  const hash = useLocation({ select: (location) => location.hash });
  const link = linkTokenIn(hash);
  const { data, error, refetch } = useQuery(bootstrapQuery);
  if (error !== null) return <AuthFrame title="Rookery"><ErrorState what="This page" error={error} onRetry={() => void refetch()} /></AuthFrame>;
  if (data === undefined) return <AuthFrame title="Welcome"><Skeleton className="h-64 rounded-card" /></AuthFrame>;
  if (link?.kind === 'invite') return <Invitation token={link.token} bootstrap={data} />;
  if (data.user !== null) return <Navigate to="/" replace />;
  if (data.instance.signUp === 'first') return link === null ? <SetUpLinkMissing /> : <SetUp token={link.token} />;
  if (data.instance.signUp === 'open') return <SetUp token={null} />;
  return <Navigate to="/sign-in" replace />;
}

function SetUpLinkMissing(): ReactElement {
  return (
    <AuthFrame title="This server waits for its first user" lead="To make sure that it is you, open the set-up link that the server printed when it started.">
      <Callout tone="info">
        <p>Look at the server’s output for a line that ends in <code>/#setup=…</code> and open that address here. With Docker: <code>docker compose logs</code>.</p>
      </Callout>
      <Button onClick={() => globalThis.location.reload()}>I have opened it elsewhere: check again</Button>
    </AuthFrame>
  );
}

function PersonFields({ email }: { readonly email?: string }): ReactElement {
  return (
    <>
      <TextField label="Your name" name="name" autoComplete="name" maxLength={80} required />
      <TextField
        label="E-mail address"
        name="email"
        type="email"
        autoComplete="username"
        inputMode="email"
        autoCapitalize="off"
        spellCheck={false}
        required
        {...(email === undefined ? {} : { defaultValue: email, readOnly: true, help: 'The invitation is for this address.' })}
      />
      <PasswordField label="Password" name="password" autoComplete="new-password" required help="Long beats complicated: a short sentence is a good one." />
    </>
  );
}

/** The first user with the token of the set-up link, or anyone where sign-up is open; both name their workspace. */
function SetUp({ token }: { readonly token: string | null }): ReactElement {
  const navigate = useNavigate();
  const submit = async (data: FormData): Promise<void> => {
    const bootstrap = await call(signUp, {
      body: {
        name: textOf(data, 'name'), email: textOf(data, 'email'), password: rawTextOf(data, 'password'),
        workspaceName: textOf(data, 'workspaceName'), timeZone: textOf(data, 'timeZone'),
        setupToken: token ?? undefined,
      },
    });
    takeBootstrap(bootstrap);
    await navigate({ to: '/', replace: true });
  };
  return (
    <AuthFrame
      title={token === null ? 'Create your account' : 'Set up Rookery'}
      lead={token === null ? undefined : 'You are the first here, so you own this server’s first workspace. Two minutes, no mail to wait for.'}
    >
      <Form submit={submit}>
        <PersonFields />
        <TextField label="Workspace" name="workspaceName" autoComplete="organization" maxLength={80} required help="Your team or project. You can change it later." />
        <ZoneField label="Time zone" name="timeZone" defaultValue={browserZone()} help="Days in charts begin and end here." />
        <SubmitButton size="touch">{token === null ? 'Create account' : 'Set up and start'}</SubmitButton>
      </Form>
    </AuthFrame>
  );
}

interface InvitationProps {
  readonly token: string;
  readonly bootstrap: Bootstrap;
}

/** What the link is for, then: join as who you are, or create an account first. */
function Invitation({ token, bootstrap }: InvitationProps): ReactElement {
  const { data, error } = useQuery({
    queryKey: ['readInvitation', token],
    queryFn: ({ signal }) => call(readInvitation, { body: { token } }, { signal }),
    staleTime: Infinity,
  });
  if (error !== null) {
    return (
      <AuthFrame title="This invitation does not work" lead={error.message}>
        <p className="text-muted">It may have been used, taken back, or be too old. Ask the person who sent it for a new one.</p>
        <a href="/" className={buttonStyle({ size: 'touch' })}>Go to Rookery</a>
      </AuthFrame>
    );
  }
  if (data === undefined) return <AuthFrame title="Your invitation"><Skeleton className="h-64 rounded-card" /></AuthFrame>;
  const lead = <>You are invited as <strong className="font-semibold text-ink">{data.role}</strong>.</>;
  const title = `Join ${data.workspaceName}`;
  if (bootstrap.user !== null) return <AuthFrame title={title} lead={lead}><JoinAsUser token={token} name={bootstrap.user.name} email={bootstrap.user.email} /></AuthFrame>;
  return <AuthFrame title={title} lead={lead}><JoinAsNew token={token} email={data.email} /></AuthFrame>;
}

function JoinAsUser({ token, name, email }: { readonly token: string; readonly name: string; readonly email: string }): ReactElement {
  const navigate = useNavigate();
  const submit = async (): Promise<void> => {
    const { workspace } = await call(acceptInvitation, { body: { token } });
    await refresh(['getBootstrap']);
    chooseWorkspace(workspace.id);
    await navigate({ to: '/', replace: true });
  };
  return (
    <Form submit={submit}>
      <p>You are signed in as <strong className="font-semibold">{name}</strong> <span className="text-muted">({email})</span>.</p>
      <SubmitButton size="touch">Join</SubmitButton>
    </Form>
  );
}

function JoinAsNew({ token, email }: { readonly token: string; readonly email: string }): ReactElement {
  const navigate = useNavigate();
  const submit = async (data: FormData): Promise<void> => {
    const bootstrap = await call(signUp, {
      body: {
        name: textOf(data, 'name'), email: textOf(data, 'email'), password: rawTextOf(data, 'password'),
        invitationToken: token, timeZone: browserZone(),
      },
    });
    takeBootstrap(bootstrap);
    await navigate({ to: '/', replace: true });
  };
  return (
    <>
      <Form submit={submit}>
        <PersonFields email={email} />
        <SubmitButton size="touch">Create account and join</SubmitButton>
      </Form>
      <p className="text-caption text-muted">
        Have an account already? <a href="/sign-in" className="font-medium text-accent underline">Sign in</a>, then open the invitation link again.
      </p>
    </>
  );
}
