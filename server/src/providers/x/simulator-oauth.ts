import type { Clock } from '../../platform/clock.ts';
import { renderConsentPage, renderErrorPage } from '../simulation/consent-page.ts';
import { isPkceMatch, isSameText, type GrantBook, type SimulatedGrant } from '../simulation/grant-book.ts';
import type { RequestCounter, SimulatedRoute } from '../simulation/listen.ts';
import { basicOf, jsonReply, readForm, redirectReply, type SimulatedReply, type SimulatedRequest } from '../simulation/request.ts';
import { createTickets } from '../simulation/tickets.ts';
import type { World } from '../simulation/world.ts';

/** The only app that the simulated network knows: a confidential client. */
export const simulatorCredentials = { clientId: 'simulated-x-client', clientSecret: 'simulated-x-secret' };

export interface XOauthOptions {
  readonly clock: Clock;
  readonly world: World;
  readonly book: GrantBook;
  readonly counts: RequestCounter;
  readonly redirectUris: readonly string[] | null;
}

// X's OAuth 2.0 guide: codes live 30 seconds, access tokens two hours. The six months of a refresh token are not documented.
const codeLifeSeconds = 30;
const accessLifeSeconds = 7_200;
const refreshLifeSeconds = 15_552_000;
const stateLengthMax = 500;

const knownScopes = new Set(
  (
    'tweet.read tweet.write tweet.moderate.write users.email users.read follows.read follows.write offline.access space.read ' +
    'mute.read mute.write like.read like.write list.read list.write block.read block.write bookmark.read bookmark.write dm.read ' +
    'dm.write media.write'
  ).split(' '),
);

interface Asked {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string;
  readonly challenge: string;
  readonly challengeMethod: string;
}

export function xOauthRoutes(options: XOauthOptions): readonly SimulatedRoute[] {
  const tickets = createTickets<Asked>(options.clock);
  return [
    {
      name: 'authorize',
      method: 'GET',
      path: '/i/oauth2/authorize',
      handle: (request) => {
        const asked = readAsked(request.query, options.redirectUris);
        if (typeof asked === 'string') return renderErrorPage('X', 400, `You weren't able to give access to the app. ${asked}`);
        return renderConsentPage({
          networkName: 'X',
          accounts: options.world.accounts,
          scopes: asked.scopes,
          action: '/i/oauth2/consent',
          ticket: tickets.issue(asked),
          redirectUri: asked.redirectUri,
        });
      },
    },
    {
      name: 'consent',
      method: 'POST',
      path: '/i/oauth2/consent',
      handle: async (request) => {
        const form = await readForm(request);
        const asked = tickets.take(form.get('ticket') ?? '');
        if (asked === null) return renderErrorPage('X', 400, 'This page is out of date. Start again from the app.');
        return decide(options, asked, form);
      },
    },
    { name: 'token', method: 'POST', path: '/2/oauth2/token', handle: (request) => answerToken(options, request) },
    { name: 'revoke', method: 'POST', path: '/2/oauth2/revoke', handle: (request) => answerRevoke(options, request) },
  ];
}

/** The request of an authorize URL, or what is wrong with it. X shows such an error itself and never redirects with it. */
function readAsked(query: URLSearchParams, redirectUris: readonly string[] | null): Asked | string {
  const value = (name: string): string => query.get(name) ?? '';
  if (value('response_type') !== 'code') return 'response_type must be "code".';
  if (value('client_id') !== simulatorCredentials.clientId) return 'client_id is not known.';
  const redirectUri = value('redirect_uri');
  if (!isRedirectAllowed(redirectUri, redirectUris)) return 'redirect_uri is not registered for this app.';
  const state = value('state');
  if (state === '' || state.length > stateLengthMax) return `state is required, with at most ${stateLengthMax} characters.`;
  const challengeMethod = value('code_challenge_method');
  if (challengeMethod !== 'S256' && challengeMethod !== 'plain') return 'code_challenge_method must be "S256" or "plain".';
  const challenge = value('code_challenge');
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(challenge)) return 'code_challenge must have 43 to 128 unreserved characters.';
  const scopes = value('scope').split(' ').filter((scope) => scope !== '');
  const unknown = scopes.find((scope) => !knownScopes.has(scope));
  if (scopes.length === 0 || unknown !== undefined) return `scope is ${unknown === undefined ? 'required' : `not known: ${unknown}`}.`;
  return { clientId: simulatorCredentials.clientId, redirectUri, scopes, state, challenge, challengeMethod };
}

function isRedirectAllowed(redirectUri: string, registered: readonly string[] | null): boolean {
  if (registered !== null) return registered.includes(redirectUri);
  const url = URL.parse(redirectUri);
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.hash === '';
}

function decide(options: XOauthOptions, asked: Asked, form: URLSearchParams): SimulatedReply {
  const target = new URL(asked.redirectUri);
  const account = options.world.account(form.get('account') ?? '');
  target.searchParams.set('state', asked.state);
  if (form.get('decision') !== 'allow' || account === null) {
    target.searchParams.set('error', 'access_denied');
    return redirectReply(target.href);
  }
  const { redirectUri, challenge, challengeMethod, clientId, scopes } = asked;
  const grant = options.book.openGrant({
    accountId: account.id,
    clientId,
    scopes: [...scopes],
    extra: { redirectUri, challenge, challengeMethod },
  });
  target.searchParams.set('code', options.book.issue(grant.id, { kind: 'code', lifeSeconds: codeLifeSeconds }).token);
  return redirectReply(target.href);
}

// Error words as X's endpoint answers them: `invalid_request` where RFC 6749 would say `invalid_grant`
// (plhery/node-twitter-api-v2 issue 496, xdevplatform/twitter-api-typescript-sdk issue 26; read 2026-11-24).
const badCode = 'Value passed for the authorization code was invalid.';
const badToken = 'Value passed for the token was invalid.';
const badVerifier = 'Value passed for the code verifier did not match the code challenge.';
const badRedirect = 'Value passed for the redirect uri did not match the uri of the authorization code.';

export function oauthError(status: number, error: string, description: string): SimulatedReply {
  const challenge = status === 401 ? { 'www-authenticate': 'Basic realm="x"' } : {};
  return jsonReply(status, { error, error_description: description }, { 'cache-control': 'no-store', ...challenge });
}

function refuseClient(request: SimulatedRequest): SimulatedReply | null {
  const basic = basicOf(request);
  if (basic === null) return oauthError(401, 'unauthorized_client', 'Missing valid authorization header');
  const isKnown =
    isSameText(basic.name, simulatorCredentials.clientId) && isSameText(basic.password, simulatorCredentials.clientSecret);
  return isKnown ? null : oauthError(401, 'invalid_client', 'Client authentication failed.');
}

async function answerToken(options: XOauthOptions, request: SimulatedRequest): Promise<SimulatedReply> {
  const refusal = refuseClient(request);
  if (refusal !== null) return refusal;
  const form = await readForm(request);
  const grantType = form.get('grant_type');
  if (grantType === 'authorization_code') return redeemCode(options, form);
  if (grantType === 'refresh_token') return refresh(options, form);
  if (grantType === null) return oauthError(400, 'invalid_request', 'Missing required parameter [grant_type].');
  return oauthError(400, 'unsupported_grant_type', `Grant type "${grantType}" is not supported.`);
}

function redeemCode(options: XOauthOptions, form: URLSearchParams): SimulatedReply {
  options.counts.add('token.authorization_code');
  const reading = options.book.spend(form.get('code') ?? '', 'code');
  if (reading.outcome === 'spent') options.book.revoke(reading.grant.id);
  if (reading.outcome !== 'ok') return oauthError(400, 'invalid_request', badCode);
  const { redirectUri = '', challenge = '', challengeMethod = '' } = reading.grant.extra;
  if (form.get('redirect_uri') !== redirectUri) return oauthError(400, 'invalid_request', badRedirect);
  if (!isPkceMatch({ challenge, method: challengeMethod, verifier: form.get('code_verifier') ?? '' })) {
    return oauthError(400, 'invalid_request', badVerifier);
  }
  return issueTokens(options, reading.grant);
}

function refresh(options: XOauthOptions, form: URLSearchParams): SimulatedReply {
  options.counts.add('token.refresh_token');
  const reading = options.book.spend(form.get('refresh_token') ?? '', 'refresh');
  // A refresh token works once; an old one in use again means that it leaked, and everything of the grant dies.
  if (reading.outcome === 'spent') options.book.revoke(reading.grant.id);
  if (reading.outcome !== 'ok') return oauthError(400, 'invalid_request', badToken);
  return issueTokens(options, reading.grant);
}

function issueTokens(options: XOauthOptions, grant: SimulatedGrant): SimulatedReply {
  const access = options.book.issue(grant.id, { kind: 'access', lifeSeconds: accessLifeSeconds });
  const isOffline = grant.scopes.includes('offline.access');
  const body = {
    token_type: 'bearer',
    expires_in: accessLifeSeconds,
    access_token: access.token,
    scope: grant.scopes.join(' '),
    ...(isOffline && { refresh_token: options.book.issue(grant.id, { kind: 'refresh', lifeSeconds: refreshLifeSeconds }).token }),
  };
  return jsonReply(200, body, { 'cache-control': 'no-store' });
}

async function answerRevoke(options: XOauthOptions, request: SimulatedRequest): Promise<SimulatedReply> {
  const refusal = refuseClient(request);
  if (refusal !== null) return refusal;
  const token = (await readForm(request)).get('token');
  if (token === null) return oauthError(400, 'invalid_request', 'Missing required parameter [token].');
  const refreshReading = options.book.read(token, 'refresh');
  if (refreshReading.outcome === 'unknown') options.book.spend(token, 'access');
  else options.book.revoke(refreshReading.grant.id);
  return jsonReply(200, { revoked: true });
}
