import { decodeJwt, isSignedBy, readPublicJwk, toJsonObject, type JsonObject } from './simulator-jose.ts';

/** A client of the authorization server, as its metadata document or its loopback client id says. */
export interface OAuthClient {
  readonly clientId: string;
  readonly name: string;
  readonly redirectUris: readonly string[];
  readonly scopes: readonly string[];
  readonly authMethod: 'none' | 'private_key_jwt';
  readonly keys: readonly JsonObject[];
}

/** An error of the OAuth protocol; `code` is its wire name. */
export class OAuthFault extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, description: string, status = 400) {
    super(description);
    this.name = 'OAuthFault';
    this.code = code;
    this.status = status;
  }
}

const loopbackOrigin = 'http://localhost';
const loopbackRedirectsDefault = ['http://127.0.0.1/', 'http://[::1]/'];
const badMetadata = 'invalid_client_metadata';
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

function isLoopbackRedirect(uri: string): boolean {
  const url = URL.parse(uri);
  return url !== null && url.protocol === 'http:' && (url.hostname === '127.0.0.1' || url.hostname === '[::1]');
}

function readLoopbackClient(clientId: string): OAuthClient {
  const rest = clientId.slice(loopbackOrigin.length).replace(/^\//, '');
  if (rest !== '' && !rest.startsWith('?')) throw new OAuthFault(badMetadata, 'Loopback client_id must not have a path');
  const query = new URLSearchParams(rest.slice(1));
  const unknown = [...query.keys()].find((key) => key !== 'scope' && key !== 'redirect_uri');
  if (unknown !== undefined) throw new OAuthFault(badMetadata, `Unexpected query parameter "${unknown}" in client_id`);
  const redirectUris = query.getAll('redirect_uri');
  if (!redirectUris.every(isLoopbackRedirect)) {
    throw new OAuthFault(badMetadata, 'Redirects of a loopback client go to http://127.0.0.1 or http://[::1], not to localhost');
  }
  return {
    clientId,
    name: 'Loopback client',
    redirectUris: redirectUris.length > 0 ? redirectUris : loopbackRedirectsDefault,
    scopes: (query.get('scope') ?? 'atproto').split(' '),
    authMethod: 'none',
    keys: [],
  };
}

function readStrings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function readKeys(jwks: unknown): readonly JsonObject[] {
  const keys = toJsonObject(jwks)?.['keys'];
  return Array.isArray(keys) ? keys.map(toJsonObject).filter((key) => key !== null) : [];
}

function readMetadata(clientId: string, document: JsonObject): OAuthClient {
  if (document['client_id'] !== clientId) throw new OAuthFault(badMetadata, 'client_id of the document differs from its address');
  if (document['dpop_bound_access_tokens'] !== true) throw new OAuthFault(badMetadata, 'dpop_bound_access_tokens must be true');
  const scopes = typeof document['scope'] === 'string' ? document['scope'].split(' ') : [];
  if (!scopes.includes('atproto')) throw new OAuthFault(badMetadata, 'scope must include "atproto"');
  if (!readStrings(document['grant_types']).includes('authorization_code')) {
    throw new OAuthFault(badMetadata, 'grant_types must include "authorization_code"');
  }
  const redirectUris = readStrings(document['redirect_uris']);
  if (redirectUris.length === 0) throw new OAuthFault(badMetadata, 'redirect_uris must not be empty');
  const method = document['token_endpoint_auth_method'];
  if (method !== 'none' && method !== 'private_key_jwt') {
    throw new OAuthFault(badMetadata, 'token_endpoint_auth_method must be "none" or "private_key_jwt"');
  }
  const name = typeof document['client_name'] === 'string' ? document['client_name'] : clientId;
  return { clientId, name, redirectUris, scopes, authMethod: method, keys: readKeys(document['jwks']) };
}

async function fetchDocument(url: string, fetchClient: typeof fetch): Promise<JsonObject> {
  const response = await fetchClient(url, { redirect: 'error', headers: { accept: 'application/json' } }).catch(() => null);
  const body = response?.status === 200 ? toJsonObject(await response.json().catch(() => null)) : null;
  if (body === null) throw new OAuthFault(badMetadata, `Unable to obtain ${url}`);
  return body;
}

/** Reads the client behind a client id: the loopback client for development, else the https document at that address. */
export async function resolveClient(clientId: string, fetchClient: typeof fetch): Promise<OAuthClient> {
  if (clientId === loopbackOrigin || /^http:\/\/localhost[/?]/.test(clientId)) return readLoopbackClient(clientId);
  if (URL.parse(clientId)?.protocol !== 'https:') {
    throw new OAuthFault('invalid_client', 'client_id must be an https URL or the loopback client');
  }
  const document = await fetchDocument(clientId, fetchClient);
  const client = readMetadata(clientId, document);
  if (typeof document['jwks_uri'] !== 'string') return client;
  return { ...client, keys: readKeys(await fetchDocument(document['jwks_uri'], fetchClient)) };
}

/** Exact match; a loopback address may differ in its port (RFC 8252 section 7.3). */
export function isRedirectAllowed(client: OAuthClient, redirectUri: string): boolean {
  if (client.redirectUris.includes(redirectUri)) return true;
  if (!client.clientId.startsWith(loopbackOrigin) || !isLoopbackRedirect(redirectUri)) return false;
  const asked = new URL(redirectUri);
  return client.redirectUris.some((each) => {
    const registered = new URL(each);
    if (registered.port !== '') return false;
    registered.port = asked.port;
    return registered.href === asked.href;
  });
}

/** Answers the id of the key that signed; null for a public client. Throws `invalid_client` when the proof of identity fails. */
export function authenticateClient(client: OAuthClient, form: URLSearchParams, issuer: string): string | null {
  if (client.authMethod === 'none') return null;
  const refuse = (description: string): never => {
    throw new OAuthFault('invalid_client', description, 401);
  };
  const jwt = decodeJwt(form.get('client_assertion') ?? '');
  if (form.get('client_assertion_type') !== assertionType || jwt === null) return refuse('client_assertion required');
  const { iss, sub, aud, exp } = jwt.claims;
  if (iss !== client.clientId || sub !== client.clientId || aud !== issuer) return refuse('Invalid client assertion claims');
  if (typeof exp !== 'number' || exp < Date.now() / 1000) return refuse('Client assertion expired');
  const kid = jwt.header['kid'];
  const signer = client.keys.find((key) => key['kid'] === kid);
  const { kty, crv, x, y } = signer ?? {};
  const jwk = readPublicJwk({ kty, crv, x, y });
  if (typeof kid !== 'string' || jwk === null || !isSignedBy(jwt, jwk)) return refuse('Client assertion verification failed');
  return kid;
}
