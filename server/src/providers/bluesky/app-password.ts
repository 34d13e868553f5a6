import { exchange } from '../http-client.ts';
import { isRecord, parseJson, recordsOf, required, textOf, type JsonRecord } from '../json.ts';
import { ProviderError, type ProviderCall, type TokenSet } from '../provider.ts';
import { parseBlueskyAddress } from './address.ts';
import { blueskyRedirectUri, scopes } from './client-metadata.ts';
import { dataOf, passwordServer, procedure, readReply, type XrpcContext, type XrpcReply } from './xrpc.ts';

interface PasswordInput {
  readonly handle: string;
  readonly password: string;
  readonly signal: AbortSignal;
}

interface PasswordSession {
  readonly did: string;
  readonly handle: string;
  readonly tokens: TokenSet;
}

/** Signs in with handle and app password at the account's own server. */
export async function signInWithPassword(context: XrpcContext, input: PasswordInput): Promise<PasswordSession> {
  const address = parseBlueskyAddress(input.handle, null);
  if (address.kind !== 'identity') {
    throw new ProviderError('rejected', 'Type the handle that the app password belongs to, for example name.bsky.social.');
  }
  const found = await findServer(context, address.value, input.signal);
  const { response, text } = await exchange(context.http, new URL('/xrpc/com.atproto.server.createSession', found.server), {
    method: 'POST', headers: { accept: 'application/json', 'content-type': 'application/json' }, redirect: 'manual', signal: input.signal,
    body: JSON.stringify({ identifier: address.value, password: input.password }),
  });
  const data = readSignIn(context, readReply(response, text));
  const session = readSession(data, found.server);
  if (found.did !== null && session.did !== found.did) {
    throw new ProviderError('garbled', 'The server signed in another account than the one asked for.');
  }
  return session;
}

/** Rotates the pair: the refresh token goes in as the bearer, and is dead afterwards. */
export async function refreshPassword(context: XrpcContext, call: ProviderCall): Promise<TokenSet> {
  const server = passwordServer(context.environment, call.tokens.extra['pds']);
  const bearer = required(call.tokens.refreshToken, 'Bluesky', 'a refresh token');
  const reply = await procedure(context, new URL('/xrpc/com.atproto.server.refreshSession', server), bearer, call.signal);
  if (reply.status === 400 || reply.status === 401) throw endedSession();
  const session = readSession(dataOf(context, reply), server);
  if (session.did !== call.externalId) throw new ProviderError('garbled', 'The server answered the session of another account.');
  return session.tokens;
}

/** Ends the session at its server; one that is over already is fine. */
export async function revokePassword(context: XrpcContext, call: ProviderCall): Promise<void> {
  const server = passwordServer(context.environment, call.tokens.extra['pds']);
  const bearer = call.tokens.refreshToken ?? call.tokens.accessToken;
  const reply = await procedure(context, new URL('/xrpc/com.atproto.server.deleteSession', server), bearer, call.signal);
  if (reply.status !== 400 && reply.status !== 401) dataOf(context, reply);
}

const endedSession = (): ProviderError =>
  new ProviderError('revoked', 'Bluesky has ended this session, or the app password was removed. Connect the account again.');

function readSignIn(context: XrpcContext, reply: XrpcReply): JsonRecord {
  if (reply.error === 'AuthFactorTokenRequired') {
    const advice = 'Make an app password at Bluesky (Settings, Privacy and security) and type that.';
    throw new ProviderError('rejected', `That is the password of the account itself. ${advice}`);
  }
  if (reply.status === 401 && reply.error !== 'AccountTakedown') {
    throw new ProviderError('rejected', 'Bluesky does not know this pair of handle and app password.');
  }
  return dataOf(context, reply);
}

function readSession(data: JsonRecord, server: string): PasswordSession {
  const accessToken = required(textOf(data['accessJwt']), 'Bluesky', 'an access token');
  return {
    did: required(textOf(data['did']), 'Bluesky', 'a DID'),
    handle: required(textOf(data['handle']), 'Bluesky', 'a handle'),
    tokens: {
      accessToken,
      refreshToken: required(textOf(data['refreshJwt']), 'Bluesky', 'a refresh token'),
      expiresAt: readExpiry(accessToken),
      // An app password opens all of these, and more.
      scopes: Object.values(scopes),
      extra: { kind: 'password', pds: server },
    },
  };
}

/** The end of life inside a JWT, unverified: it only decides when we refresh. */
function readExpiry(jwt: string): Date | null {
  try {
    const claims: unknown = parseJson(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const seconds = isRecord(claims) ? claims['exp'] : null;
    return typeof seconds === 'number' && seconds > 0 ? new Date(seconds * 1000) : null;
  } catch {
    return null;
  }
}

async function findServer(context: XrpcContext, identity: string, signal: AbortSignal): Promise<{ did: string | null; server: string }> {
  const { environment, clients } = context;
  if (environment.simulatorOrigin !== null) return { did: null, server: environment.simulatorOrigin };
  try {
    const client = await clients.open({ redirectUri: loopbackFor(environment.baseUrl) });
    const { did, didDoc } = await client.identityResolver.resolve(identity, { signal });
    const services = recordsOf(didDoc.service ?? []) ?? [];
    const pds = services.find((service) => textOf(service['id'])?.endsWith('#atproto_pds') === true);
    const server = required(textOf(pds?.['serviceEndpoint']), 'Bluesky', 'the server of this account');
    return { did, server: new URL(server).origin };
  } catch (error) {
    throw await clients.explain(error);
  }
}

/** Resolving needs a client but sends nobody anywhere, so that app passwords also work where consent cannot. */
const loopbackFor = (baseUrl: string): string =>
  baseUrl.startsWith('https://') ? blueskyRedirectUri(baseUrl) : 'http://127.0.0.1/callback';
