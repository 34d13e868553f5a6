import { createHash, randomBytes } from 'node:crypto';
import type { connectWithPassword, finishConnect, startConnect } from '@rookery/contract/accounts.ts';
import type { BodyOf, ParamsOf, QueryOf, ReplyOf } from '@rookery/contract/endpoint.ts';
import { allows } from '@rookery/contract/permissions.ts';
import { missingSettings } from '../../providers/registry.ts';
import { ProviderError, type Grant, type Provider } from '../../providers/provider.ts';
import type { Db } from '../../platform/db/database.ts';
import { AppError, invalidField } from '../../platform/errors.ts';
import type { Redirect } from '../../platform/http/route.ts';
import { createId } from '../../platform/id.ts';
import { recordAudit } from '../audit/index.ts';
import { requirePermission, type PublicContext, type WorkspaceContext } from '../context.ts';
import { openMemberContext } from '../workspaces/index.ts';
import { storeGrant } from './grants.ts';
import { refreshPublishLimits } from './limits.ts';
import { deleteExpiredConsents, findById, findByIdentity, insertAccount, insertConsent, reconnectAccount, takeConsent, type ConsentRow } from './queries.ts';
import { describeAccounts, findAccount } from './rows.ts';

const stateBytes = 32;
const consentMinutes = 10;
const connectDeadlineMs = 30_000;
/** Where a network asks to wait and does not say for how long. */
const retrySecondsOtherwise = 60;
/** A person waits for it, and the first sync asks again. */
const limitsDeadlineMs = 5_000;
const reasonLengthMax = 200;

function requireProvider(ctx: WorkspaceContext, network: string): Provider {
  const provider = ctx.providers.get(network);
  if (provider === null) throw invalidField('/network', 'unknown', 'This network is not known here.');
  if (provider.manifest.authKind === 'import-only') throw new AppError('not-supported', `${provider.manifest.name} cannot be connected. Import a data export instead.`);
  const isSimulated = ctx.simulatedNetworks.has(network);
  const missing = isSimulated ? [] : missingSettings(provider.manifest, { settings: ctx.config.networkSettings, simulatorOrigin: null });
  if (missing.length > 0) throw new AppError('network-not-configured', `The operator of this server has to set ${missing.join(' and ')} first.`);
  return provider;
}

function redirectUriOf(ctx: PublicContext | WorkspaceContext, network: string): string {
  return `${ctx.config.baseUrl}/api/oauth/${network}/callback`;
}

function hashState(state: string): Buffer {
  return createHash('sha256').update(state).digest();
}

/** Begins consent: remembers what belongs to it, tied to browser session, user, workspace and network. */
export async function beginConnect(
  ctx: WorkspaceContext, body: BodyOf<typeof startConnect>,
): Promise<ReplyOf<typeof startConnect>> {
  requirePermission(ctx, 'accounts:manage');
  const provider = requireProvider(ctx, body.network);
  if (ctx.session === null) throw new AppError('not-signed-in');
  const state = randomBytes(stateBytes).toString('base64url');
  const consent = await fromNetwork(ctx, provider.startConsent({
    state, redirectUri: redirectUriOf(ctx, body.network), address: body.address ?? null, signal: AbortSignal.timeout(connectDeadlineMs),
  }), '/address');
  const now = ctx.clock.now();
  const session = ctx.session;
  await ctx.transaction(async (db) => {
    if (body.accountId !== undefined) await requireSameNetwork(db, ctx, body.accountId, body.network);
    const sealed = ctx.keyring.seal(JSON.stringify(consent.secrets));
    await db.run(deleteExpiredConsents, [ctx.workspace.id, now]);
    await db.run(insertConsent, [
      ctx.workspace.id, hashState(state), session.userId, session.id, body.network, body.accountId ?? null, sealed.token, sealed.keyId,
      now, new Date(now.getTime() + consentMinutes * 60_000),
    ]);
    await recordAudit(db, ctx, { action: 'oauth:start', entity: { type: 'network', id: body.network, name: provider.manifest.name } });
  });
  return { authorizeUrl: consent.authorizeUrl };
}

async function requireSameNetwork(db: Db, ctx: WorkspaceContext, accountId: string, network: string): Promise<void> {
  const account = await db.maybe(findById, [ctx.workspace.id, accountId]);
  if (account === null || account.network !== network) throw new AppError('not-found');
}

/** A network's refusal in words, at the field that caused it where there is one. */
async function fromNetwork<Result>(ctx: WorkspaceContext, call: Promise<Result>, pointer: string): Promise<Result> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.kind === 'rejected' || error.kind === 'revoked' || error.kind === 'notSupported') throw invalidField(pointer, 'refused', error.message);
    if (error.kind === 'rateLimited') {
      const seconds = error.until === null ? retrySecondsOtherwise : Math.max(1, Math.ceil((error.until.getTime() - ctx.clock.now().getTime()) / 1000));
      throw new AppError('rate-limited', error.message, { retryAfterSeconds: seconds, cause: error });
    }
    throw new AppError('network-failed', error.message, { cause: error });
  }
}

type Problem = 'denied' | 'expired' | 'other-session' | 'other-account' | 'not-allowed' | 'network' | 'personal';

/** `accountId` is of the account that was being reconnected: the page offers it again. */
function backTo(problem: Problem, network: string, accountId: string | null = null): Redirect {
  const account = accountId === null ? '' : `&account=${accountId}`;
  return { redirectTo: `/accounts/connect?problem=${problem}&network=${encodeURIComponent(network)}${account}` };
}

/** Where the network sends the browser back to. Every state counts once, and only for who began with it, where they began. */
export async function completeConnect(
  ctx: PublicContext, input: { params: ParamsOf<typeof finishConnect>; query: QueryOf<typeof finishConnect> },
): Promise<Redirect> {
  const { network } = input.params;
  const { state } = input.query;
  const session = ctx.session;
  if (session === null || state === undefined) return backTo('expired', network);
  const consent = await ctx.database.withScope({ userId: session.userId }, (db) => db.maybe(takeConsent, [hashState(state), session.userId]));
  if (consent === null) return backTo('expired', network);
  if (consent.expires_at < ctx.clock.now()) return backTo('expired', network, consent.account_id);
  if (consent.session_id !== session.id || consent.network !== network) return backTo('other-session', network);
  const member = await openMemberContext(ctx, consent.workspace_id);
  // A browser is on its way back: it gets a page that says so, where a script would get an error.
  if (member === null || member.role === null || !allows(member.role, 'accounts:manage')) return backTo('not-allowed', network);
  return exchange(member, consent, { ...input.query, state });
}

type CallbackQuery = QueryOf<typeof finishConnect> & { readonly state: string };

async function exchange(ctx: WorkspaceContext, consent: ConsentRow, query: CallbackQuery): Promise<Redirect> {
  requirePermission(ctx, 'accounts:manage');
  const provider = requireProvider(ctx, consent.network);
  if (query.error !== undefined || query.code === undefined) return refuse(ctx, consent, 'denied', query.error ?? 'no code');
  try {
    const grant = await provider.finishConsent({
      code: query.code, iss: query.iss ?? null, state: query.state, redirectUri: redirectUriOf(ctx, consent.network),
      // Guarantee: beginConnect sealed a flat record of texts.
      secrets: JSON.parse(ctx.keyring.open(consent.secrets_enc)) as Record<string, string>,
      query: toSearchParams(query), signal: AbortSignal.timeout(connectDeadlineMs),
    });
    const accountId = await keepGrant(ctx, provider, grant, consent.account_id);
    if (accountId === null) return await refuse(ctx, consent, 'other-account', 'another identity');
    await refreshPublishLimits(ctx, { id: accountId, network: consent.network }, AbortSignal.timeout(limitsDeadlineMs));
    return { redirectTo: `/accounts/${accountId}?connected=1` };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    ctx.log.warn({ network: consent.network, kind: error.kind, error: error.message }, 'an account could not be connected');
    return refuse(ctx, consent, error.kind === 'notSupported' ? 'personal' : 'network', error.message);
  }
}

function toSearchParams(query: CallbackQuery): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, value);
  }
  return parameters;
}

async function refuse(ctx: WorkspaceContext, consent: ConsentRow, problem: Problem, reason: string): Promise<Redirect> {
  const name = ctx.providers.get(consent.network)?.manifest.name ?? consent.network;
  // Some of it comes from the address that the browser was sent to: anybody's words, of any length.
  const words = reason.replaceAll(/\p{Cc}/gu, ' ').slice(0, reasonLengthMax);
  await ctx.transaction((db) =>
    recordAudit(db, ctx, { action: 'oauth:refused', entity: { type: 'network', id: consent.network, name }, metadata: { problem, reason: words } }),
  );
  return backTo(problem, consent.network, consent.account_id);
}

/** Ends at the network a grant that nobody keeps. Nobody waits for it: the answer is the same whether it succeeds or not. */
function revokeUnwanted(ctx: WorkspaceContext, provider: Provider, { tokens, identity }: Grant): void {
  const call = { tokens, externalId: identity.externalId, signal: AbortSignal.timeout(connectDeadlineMs) };
  void provider.revoke?.(call).catch((error: unknown) => {
    const reason = error instanceof ProviderError ? error.message : 'unknown';
    ctx.log.warn({ network: provider.manifest.id, error: reason }, 'a grant that was not kept could not be revoked');
  });
}

/** Stores identity and grant; null when a reconnection came back as somebody else. */
async function keepGrant(ctx: WorkspaceContext, provider: Provider, grant: Grant, wantedAccountId: string | null): Promise<string | null> {
  const { identity, tokens } = grant;
  const network = provider.manifest.id;
  return ctx.transaction(async (db) => {
    const known = await db.maybe(findByIdentity, [ctx.workspace.id, network, identity.externalId, identity.handle]);
    if (wantedAccountId !== null && known?.id !== wantedAccountId) {
      // A network may give one token to both: what revokes the new grant would end the access of the account that is known here.
      if (known === null) revokeUnwanted(ctx, provider, grant);
      return null;
    }
    const now = ctx.clock.now();
    const isSimulated = ctx.simulatedNetworks.has(network);
    const accountId = known?.id ?? createId(now.getTime());
    if (known === null) {
      await db.run(insertAccount, [
        ctx.workspace.id, accountId, network, identity.externalId, identity.handle, identity.name, identity.profileUrl, isSimulated,
        'connected', [...tokens.scopes], now, now,
      ]);
    } else {
      await db.run(reconnectAccount, [
        ctx.workspace.id, accountId, identity.externalId, identity.handle, identity.name, identity.profileUrl, isSimulated, [...tokens.scopes], now,
      ]);
    }
    await storeGrant(db, ctx, accountId, tokens);
    await recordAudit(db, ctx, {
      action: known === null ? 'oauth:connect' : 'oauth:reconnect', entity: { type: 'account', id: accountId, name: identity.handle },
      metadata: { network, scopes: [...tokens.scopes] },
    });
    await ctx.events.publish(db, { workspaceId: ctx.workspace.id, topic: 'accounts', id: accountId, progress: 0 });
    return accountId;
  });
}

/** Connects with handle and app password. The password is used once and not kept. */
export async function connectByPassword(
  ctx: WorkspaceContext, body: BodyOf<typeof connectWithPassword>,
): Promise<ReplyOf<typeof connectWithPassword>> {
  requirePermission(ctx, 'accounts:manage');
  const provider = requireProvider(ctx, body.network);
  if (provider.connectWithPassword === undefined) throw new AppError('not-supported', `${provider.manifest.name} does not take app passwords.`);
  const signal = AbortSignal.timeout(connectDeadlineMs);
  const grant = await fromNetwork(ctx, provider.connectWithPassword({ handle: body.handle, password: body.password, signal }), '/password');
  const accountId = await keepGrant(ctx, provider, grant, body.accountId ?? null);
  if (accountId === null) throw new AppError('conflict', 'This is another account than the one you wanted to reconnect.');
  await refreshPublishLimits(ctx, { id: accountId, network: body.network }, AbortSignal.timeout(limitsDeadlineMs));
  return ctx.transaction(async (db) => {
    const row = await findAccount(db, ctx, accountId);
    const [account] = row === null ? [] : await describeAccounts(db, ctx, [row]);
    if (account === undefined) throw new AppError('not-found');
    return { account };
  });
}
