import type { Clock } from '../../platform/clock.ts';
import { renderConsentPage, renderErrorPage } from '../simulation/consent-page.ts';
import { isPkceMatch, isSameText } from '../simulation/grant-book.ts';
import type { SimulatedRoute } from '../simulation/listen.ts';
import { basicOf, jsonReply, readForm, redirectReply } from '../simulation/request.ts';
import type { SimulatedReply, SimulatedRequest } from '../simulation/request.ts';
import { createTickets, type Tickets } from '../simulation/tickets.ts';
import type { World } from '../simulation/world.ts';
import type { CodeGrant, Grants, RegisteredApp } from './simulator-grants.ts';
import { readParams } from './simulator-params.ts';

/** The scopes of Mastodon 4.3 (docs.joinmastodon.org/api/oauth-scopes, read 2026-11-24); admin scopes left out. */
const readParts = 'accounts blocks bookmarks favourites filters follows lists mutes notifications search statuses'.split(' ');
const writeParts =
  'accounts blocks bookmarks conversations favourites filters follows lists media mutes notifications reports statuses'.split(' ');
const scopesKnown = new Set([
  'read',
  'write',
  'follow',
  'push',
  'profile',
  ...readParts.map((part) => `read:${part}`),
  ...writeParts.map((part) => `write:${part}`),
]);

const networkName = 'Mastodon';
const invalidScope = 'The requested scope is invalid, unknown, or malformed.';
const invalidClient =
  'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.';
const invalidGrant =
  'The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, ' +
  'or was issued to another client.';

interface Parts {
  readonly grants: Grants;
  readonly world: World;
  /** Consent pages that were shown and wait for their answer. */
  readonly tickets: Tickets<Omit<CodeGrant, 'accountId' | 'expiresAtMs'> & { readonly state: string | null }>;
}

function oauthError(status: number, error: string, description: string): SimulatedReply {
  const challenge = `Bearer realm="Doorkeeper", error="${error}", error_description="${description}"`;
  return jsonReply(status, { error, error_description: description }, { 'cache-control': 'no-store', 'www-authenticate': challenge });
}

function splitScopes(text: string | null, fallback: readonly string[]): readonly string[] {
  const scopes = (text ?? '').split(/[\s+]+/).filter((scope) => scope !== '');
  return scopes.length === 0 ? fallback : scopes;
}

function showMetadata(request: SimulatedRequest): SimulatedReply {
  const { origin } = request;
  return jsonReply(200, {
    issuer: `${origin}/`,
    service_documentation: 'https://docs.joinmastodon.org/',
    authorization_endpoint: `${origin}/oauth/authorize`,
    token_endpoint: `${origin}/oauth/token`,
    app_registration_endpoint: `${origin}/api/v1/apps`,
    revocation_endpoint: `${origin}/oauth/revoke`,
    scopes_supported: [...scopesKnown],
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    grant_types_supported: ['authorization_code', 'client_credentials'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
  });
}

async function registerApp(parts: Parts, request: SimulatedRequest): Promise<SimulatedReply> {
  const params = (await readParams(request)).fields;
  const refuse = (message: string): SimulatedReply => jsonReply(422, { error: `Validation failed: ${message}` });
  const name = params.get('client_name') ?? '';
  if (name === '') return refuse("Application Name can't be blank");
  const redirectUris = params.getAll('redirect_uris').flatMap((text) => text.split(/\s+/)).filter((uri) => uri !== '');
  if (redirectUris.length === 0) return refuse("Redirect URI can't be blank");
  // The out-of-band address is refused: nothing here shows a code to copy by hand.
  const isAbsolute = (uri: string): boolean => URL.parse(uri) !== null && !uri.startsWith('urn:') && !uri.includes('#');
  if (!redirectUris.every(isAbsolute)) return refuse('Redirect URI must be an absolute URI.');
  const scopes = splitScopes(params.get('scopes'), ['read']);
  if (!scopes.every((scope) => scopesKnown.has(scope))) return refuse("Scopes doesn't match configured on the server.");
  const app = parts.grants.registerApp({ name, website: params.get('website'), redirectUris, scopes: [...scopes] });
  return jsonReply(200, {
    id: app.id,
    name: app.name,
    website: app.website,
    scopes: app.scopes,
    redirect_uris: app.redirectUris,
    redirect_uri: app.redirectUris.join('\n'),
    client_id: app.clientId,
    client_secret: app.clientSecret,
    client_secret_expires_at: 0,
    vapid_key: 'BCk-QqERU0q-CfYZjcuB6lnyyOYfJ2AifKqfeGIm7Z-HiTU5T9eTG5GxVA0_OH5mMlI4UkkDTpaZwozy0TzdZ2M=',
  });
}

/** Doorkeeper shows a page, and does not redirect, when the request itself is wrong. */
function askConsent(parts: Parts, request: SimulatedRequest): SimulatedReply {
  const { query } = request;
  const fail = (status: number, message: string): SimulatedReply => renderErrorPage(networkName, status, message);
  const app = parts.grants.findApp(query.get('client_id') ?? '');
  if (app === null) return fail(401, invalidClient);
  const redirectUri = query.get('redirect_uri');
  if (redirectUri === null || !app.redirectUris.includes(redirectUri)) {
    return fail(400, "The requested redirect uri is malformed or doesn't match client redirect URI.");
  }
  if (query.get('response_type') !== 'code') return fail(400, 'The authorization server does not support this response type.');
  const scopes = splitScopes(query.get('scope'), ['read']);
  if (!scopes.every((scope) => isCovered(scope, app.scopes))) return fail(400, invalidScope);
  const challenge = query.get('code_challenge');
  if (challenge !== null && query.get('code_challenge_method') !== 'S256') return fail(400, 'The code_challenge_method must be S256.');
  const ticket = parts.tickets.issue({ clientId: app.clientId, redirectUri, scopes, challenge, state: query.get('state') });
  return renderConsentPage({
    networkName,
    accounts: parts.world.accounts,
    scopes,
    action: '/oauth/authorize',
    ticket,
    redirectUri,
    clientName: app.name,
  });
}

/** Doorkeeper compares scopes by name: `read:accounts` is not within a registered `read`. */
function isCovered(scope: string, registered: readonly string[]): boolean {
  return registered.includes(scope);
}

async function takeDecision(parts: Parts, request: SimulatedRequest): Promise<SimulatedReply> {
  const form = await readForm(request);
  const asked = parts.tickets.take(form.get('ticket') ?? '');
  if (asked === null) return renderErrorPage(networkName, 422, 'This page was already answered; start again from the app.');
  const account = parts.world.account(form.get('account') ?? '');
  const target = new URL(asked.redirectUri);
  if (form.get('decision') !== 'allow' || account === null) {
    target.searchParams.set('error', 'access_denied');
    target.searchParams.set('error_description', 'The resource owner or authorization server denied the request.');
  } else {
    const { clientId, redirectUri, scopes, challenge } = asked;
    target.searchParams.set('code', parts.grants.issueCode({ clientId, redirectUri, scopes, challenge, accountId: account.id }));
  }
  if (asked.state !== null) target.searchParams.set('state', asked.state);
  return redirectReply(target.href, 302);
}

function authenticateApp(parts: Parts, request: SimulatedRequest, params: URLSearchParams): RegisteredApp | null {
  const basic = basicOf(request) ?? { name: params.get('client_id') ?? '', password: params.get('client_secret') ?? '' };
  const app = parts.grants.findApp(basic.name);
  return app !== null && isSameText(app.clientSecret, basic.password) ? app : null;
}

async function issueToken(parts: Parts, request: SimulatedRequest): Promise<SimulatedReply> {
  const params = (await readParams(request)).fields;
  const app = authenticateApp(parts, request, params);
  if (app === null) return oauthError(401, 'invalid_client', invalidClient);
  const grantType = params.get('grant_type');
  if (grantType === null) return oauthError(400, 'invalid_request', 'Missing required parameter: grant_type.');
  if (grantType === 'client_credentials') {
    const scopes = splitScopes(params.get('scope'), ['read']);
    if (!scopes.every((scope) => isCovered(scope, app.scopes))) return oauthError(400, 'invalid_scope', invalidScope);
    return tokenReply(parts, { clientId: app.clientId, accountId: null, scopes });
  }
  if (grantType !== 'authorization_code') {
    return oauthError(400, 'unsupported_grant_type', 'The authorization grant type is not supported by the authorization server.');
  }
  const code = params.get('code') ?? '';
  const grant = parts.grants.findCode(code);
  const missing = ['code', 'redirect_uri', ...(grant?.challenge ? ['code_verifier'] : [])].find((name) => !params.get(name));
  if (missing !== undefined) return oauthError(400, 'invalid_request', `Missing required parameter: ${missing}.`);
  const isGood =
    grant !== null &&
    grant.clientId === app.clientId &&
    grant.redirectUri === params.get('redirect_uri') &&
    (grant.challenge === null || isPkceMatch({ challenge: grant.challenge, method: 'S256', verifier: params.get('code_verifier') ?? '' }));
  if (!isGood) return oauthError(400, 'invalid_grant', invalidGrant);
  parts.grants.useUpCode(code);
  return tokenReply(parts, { clientId: app.clientId, accountId: grant.accountId, scopes: grant.scopes });
}

function tokenReply(parts: Parts, wanted: { clientId: string; accountId: string | null; scopes: readonly string[] }): SimulatedReply {
  const token = parts.grants.issueToken({ ...wanted, scopes: [...wanted.scopes] });
  const body = { access_token: token.token, token_type: 'Bearer', scope: token.scopes.join(' '), created_at: token.createdAtSeconds };
  return jsonReply(200, body, { 'cache-control': 'no-store' });
}

async function revokeToken(parts: Parts, request: SimulatedRequest): Promise<SimulatedReply> {
  const params = (await readParams(request)).fields;
  const app = authenticateApp(parts, request, params);
  const token = parts.grants.findToken(params.get('token') ?? '');
  if (app === null || (token !== null && token.clientId !== app.clientId)) {
    return jsonReply(403, { error: 'unauthorized_client', error_description: 'You are not authorized to revoke this token' });
  }
  if (token !== null) parts.grants.revokeToken(token.token);
  return jsonReply(200, {});
}

/** Discovery, app registration, consent, token and revocation of the simulated server. */
export function oauthRoutes(input: { grants: Grants; world: World; clock: Clock }): readonly SimulatedRoute[] {
  const { grants, world, clock } = input;
  const parts: Parts = { grants, world, tickets: createTickets(clock) };
  return [
    { name: 'metadata', method: 'GET', path: '/.well-known/oauth-authorization-server', handle: showMetadata },
    { name: 'registerApp', method: 'POST', path: '/api/v1/apps', handle: (request) => registerApp(parts, request) },
    { name: 'authorize', method: 'GET', path: '/oauth/authorize', handle: (request) => askConsent(parts, request) },
    { name: 'decide', method: 'POST', path: '/oauth/authorize', handle: (request) => takeDecision(parts, request) },
    { name: 'token', method: 'POST', path: '/oauth/token', handle: (request) => issueToken(parts, request) },
    { name: 'revoke', method: 'POST', path: '/oauth/revoke', handle: (request) => revokeToken(parts, request) },
  ];
}
