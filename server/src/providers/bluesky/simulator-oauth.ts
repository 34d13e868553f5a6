import { randomBytes } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import { renderConsentPage, renderErrorPage } from '../simulation/consent-page.ts';
import type { SimulatedRoute } from '../simulation/listen.ts';
import { jsonReply, readForm, redirectReply, type SimulatedReply, type SimulatedRequest } from '../simulation/request.ts';
import { createTickets, type Tickets } from '../simulation/tickets.ts';
import type { World } from '../simulation/world.ts';
import { authenticateClient, isRedirectAllowed, OAuthFault, resolveClient, type OAuthClient } from './simulator-clients.ts';
import type { ProofChecker } from './simulator-dpop.ts';
import type { TokenSigner } from './simulator-jose.ts';
import { showAuthorizationServer, showProtectedResource } from './simulator-metadata.ts';
import type { Sessions } from './simulator-sessions.ts';
import { exchangeCode, refreshTokens, type Caller, type CodeGrant, type PushedRequest } from './simulator-tokens.ts';

const requestLifeSeconds = 300;
const requestUriPrefix = 'urn:ietf:params:oauth:request_uri:';
const networkName = 'Bluesky';

export interface OAuthParts {
  readonly world: World;
  readonly sessions: Sessions;
  readonly proofs: ProofChecker;
  readonly signer: TokenSigner;
  readonly clock: Clock;
  readonly fetchClient: typeof fetch;
}

interface Parts extends OAuthParts {
  /** Pushed requests by their address; shown again on reload, gone once answered. */
  readonly requests: Map<string, { readonly pushed: PushedRequest; readonly expiresAtMs: number }>;
  readonly pages: Tickets<{ readonly pushed: PushedRequest; readonly requestUri: string }>;
  readonly codes: Tickets<CodeGrant>;
}

export function oauthErrorReply(fault: { code: string; status: number; message: string }): SimulatedReply {
  const body = { error: fault.code, error_description: fault.message };
  return jsonReply(fault.status, body, { 'cache-control': 'no-store', pragma: 'no-cache' });
}

function checkProof(parts: Parts, request: SimulatedRequest): string {
  const header = request.headers['dpop'];
  const outcome = parts.proofs.checkProof(typeof header === 'string' ? header : undefined, {
    method: request.method,
    url: request.origin + request.path,
    accessToken: null,
  });
  if (!outcome.isValid) throw new OAuthFault(outcome.error, outcome.description);
  return outcome.thumbprint;
}

async function readClient(parts: Parts, request: SimulatedRequest): Promise<Omit<Caller, 'thumbprint'>> {
  const form = await readForm(request);
  const clientId = form.get('client_id');
  if (clientId === null) throw new OAuthFault('invalid_request', 'Missing "client_id"');
  const client = await resolveClient(clientId, parts.fetchClient);
  return { form, client, clientKeyId: authenticateClient(client, form, request.origin) };
}

/** Adds the nonce to every answer, and turns the protocol's errors into its error replies. */
function guard(parts: Parts, answer: (request: SimulatedRequest) => Promise<SimulatedReply>): SimulatedRoute['handle'] {
  return async (request) => {
    const reply = await answer(request).catch((error: unknown) => {
      if (error instanceof OAuthFault) return oauthErrorReply(error);
      throw error;
    });
    return { ...reply, headers: { ...reply.headers, 'dpop-nonce': parts.proofs.currentNonce() } };
  };
}

function readScope(form: URLSearchParams, client: OAuthClient): string {
  const scope = form.get('scope') ?? client.scopes.join(' ');
  const asked = scope.split(' ');
  if (!asked.includes('atproto')) throw new OAuthFault('invalid_scope', 'The "atproto" scope is required');
  const foreign = asked.find((each) => !client.scopes.includes(each));
  if (foreign !== undefined) throw new OAuthFault('invalid_scope', `Scope "${foreign}" is not declared in the client metadata`);
  return scope;
}

async function pushRequest(parts: Parts, request: SimulatedRequest): Promise<SimulatedReply> {
  const thumbprint = checkProof(parts, request);
  const { form, client, clientKeyId } = await readClient(parts, request);
  const redirectUri = form.get('redirect_uri') ?? client.redirectUris[0] ?? '';
  if (!isRedirectAllowed(client, redirectUri)) throw new OAuthFault('invalid_request', `Invalid redirect_uri ${redirectUri}`);
  if (form.get('response_type') !== 'code') throw new OAuthFault('unsupported_response_type', 'response_type must be "code"');
  const challenge = form.get('code_challenge') ?? '';
  if (challenge === '' || form.get('code_challenge_method') !== 'S256') {
    throw new OAuthFault('invalid_request', 'Use of PKCE with code_challenge_method S256 is required');
  }
  const pushed: PushedRequest = {
    client,
    clientKeyId,
    thumbprint,
    redirectUri,
    scope: readScope(form, client),
    state: form.get('state'),
    challenge,
    loginHint: form.get('login_hint'),
    responseMode: form.get('response_mode') === 'fragment' ? 'fragment' : 'query',
  };
  const requestUri = `${requestUriPrefix}req-${randomBytes(16).toString('hex')}`;
  parts.requests.set(requestUri, { pushed, expiresAtMs: parts.clock.now().getTime() + requestLifeSeconds * 1000 });
  return jsonReply(201, { request_uri: requestUri, expires_in: requestLifeSeconds }, { 'cache-control': 'no-store' });
}

function askConsent(parts: Parts, request: SimulatedRequest): SimulatedReply {
  const requestUri = request.query.get('request_uri') ?? '';
  const found = parts.requests.get(requestUri);
  if (requestUri === '') return renderErrorPage(networkName, 400, 'Pushed authorization requests are required: request_uri is missing.');
  if (found === undefined || found.expiresAtMs <= parts.clock.now().getTime()) {
    return renderErrorPage(networkName, 400, 'This request has expired; start again from the app.');
  }
  const { pushed } = found;
  if (request.query.get('client_id') !== pushed.client.clientId) {
    return renderErrorPage(networkName, 400, 'client_id does not match the request.');
  }
  const isHinted = (account: { id: string; handle: string }): boolean => [account.id, account.handle].includes(pushed.loginHint ?? '');
  return renderConsentPage({
    networkName,
    accounts: parts.world.accounts.toSorted((one, other) => Number(isHinted(other)) - Number(isHinted(one))),
    scopes: pushed.scope.split(' '),
    action: '/oauth/authorize',
    ticket: parts.pages.issue({ pushed, requestUri }),
    redirectUri: pushed.redirectUri,
    clientName: pushed.client.name,
  });
}

async function takeDecision(parts: Parts, request: SimulatedRequest): Promise<SimulatedReply> {
  const form = await readForm(request);
  const page = parts.pages.take(form.get('ticket') ?? '');
  if (page === null || !parts.requests.delete(page.requestUri)) {
    return renderErrorPage(networkName, 400, 'This page was already answered; start again from the app.');
  }
  const { pushed } = page;
  const account = parts.world.account(form.get('account') ?? '');
  const answer = new URLSearchParams({ iss: request.origin });
  if (pushed.state !== null) answer.set('state', pushed.state);
  if (form.get('decision') !== 'allow' || account === null) {
    answer.set('error', 'access_denied');
    answer.set('error_description', 'Access denied');
  } else {
    answer.set('code', `cod-${parts.codes.issue({ ...pushed, did: account.id })}`);
  }
  const target = new URL(pushed.redirectUri);
  if (pushed.responseMode === 'fragment') target.hash = answer.toString();
  else for (const [name, value] of answer) target.searchParams.set(name, value);
  return redirectReply(target.href);
}

async function answerToken(parts: Parts, request: SimulatedRequest): Promise<SimulatedReply> {
  const thumbprint = checkProof(parts, request);
  const caller: Caller = { ...(await readClient(parts, request)), thumbprint };
  const grantType = caller.form.get('grant_type');
  if (grantType === 'authorization_code') return exchangeCode(parts, caller, request.origin);
  if (grantType === 'refresh_token') return refreshTokens(parts, caller, request.origin);
  throw new OAuthFault('unsupported_grant_type', `Grant type "${grantType}" not supported by the server`);
}

/** RFC 7009: an unknown token is no error. Either token of a session ends the session. */
async function revokeToken(parts: Parts, request: SimulatedRequest): Promise<SimulatedReply> {
  const { form, client } = await readClient(parts, request);
  const token = form.get('token') ?? '';
  const found = parts.sessions.find(token, 'access') ?? parts.sessions.find(token, 'refresh');
  if (found !== null && found.session.clientId === client.clientId) parts.sessions.revoke(found.session);
  return jsonReply(200, {});
}

/** The authorization server of the simulated network: metadata, pushed requests, consent, tokens, revocation. */
export function oauthRoutes(input: OAuthParts): readonly SimulatedRoute[] {
  const parts: Parts = {
    ...input,
    requests: new Map(),
    pages: createTickets(input.clock),
    codes: createTickets(input.clock, requestLifeSeconds),
  };
  const keys = { keys: [input.signer.publicJwk] };
  return [
    { name: 'protectedResource', method: 'GET', path: '/.well-known/oauth-protected-resource', handle: showProtectedResource },
    { name: 'authorizationServer', method: 'GET', path: '/.well-known/oauth-authorization-server', handle: showAuthorizationServer },
    { name: 'jwks', method: 'GET', path: '/oauth/jwks', handle: () => jsonReply(200, keys) },
    { name: 'par', method: 'POST', path: '/oauth/par', handle: guard(parts, (request) => pushRequest(parts, request)) },
    { name: 'authorize', method: 'GET', path: '/oauth/authorize', handle: (request) => askConsent(parts, request) },
    { name: 'decide', method: 'POST', path: '/oauth/authorize', handle: (request) => takeDecision(parts, request) },
    { name: 'token', method: 'POST', path: '/oauth/token', handle: guard(parts, (request) => answerToken(parts, request)) },
    { name: 'revoke', method: 'POST', path: '/oauth/revoke', handle: guard(parts, (request) => revokeToken(parts, request)) },
  ];
}
