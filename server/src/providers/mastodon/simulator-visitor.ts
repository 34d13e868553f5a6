import assert from 'node:assert/strict';
import * as oauth from 'oauth4webapi';
import { createManualClock } from '../../platform/clock.ts';
import type { RunningSimulator } from '../simulation/world.ts';
import { startMastodonSimulator, type MastodonSimulatorOptions } from './simulator.ts';

export const redirectUri = 'https://rookery.example/callback';
export const scope = 'read:accounts read:follows profile';
export const mainAccount = '108764321098765432';
// Plain http is for loopback only, which oauth4webapi wants to be told at each call.
export const insecure = { [oauth.allowInsecureRequests]: true };

/** Simulators of one test file; the file closes them after each test. */
const running: RunningSimulator[] = [];

export async function closeAll(): Promise<void> {
  for (const simulator of running.splice(0)) await simulator.close();
}

export async function start(options: Partial<MastodonSimulatorOptions> = {}): Promise<RunningSimulator> {
  const clock = createManualClock(new Date('2026-11-20T10:00:00Z'));
  const simulator = await startMastodonSimulator({ clock, seed: 7, port: 0, stateFile: null, followersAtOrigin: 200, ...options });
  running.push(simulator);
  return simulator;
}

export interface RegisteredApp {
  readonly server: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly secret: string;
}

export async function register(origin: string): Promise<RegisteredApp> {
  const issuer = new URL(origin);
  const discovery = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
  const server = await oauth.processDiscoveryResponse(issuer, discovery);
  const body = new URLSearchParams({ client_name: 'Rookery', redirect_uris: redirectUri, scopes: scope });
  const app = readObject(await (await fetch(`${origin}/api/v1/apps`, { method: 'POST', body })).json());
  return { server, client: { client_id: String(app['client_id']) }, secret: String(app['client_secret']) };
}

// Holds for each answer of these tests: the assertion before it.
export function readObject(value: unknown): Readonly<Record<string, unknown>> {
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value));
  return value as Record<string, unknown>;
}

export function readList(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  assert.ok(Array.isArray(value));
  return value.map(readObject);
}

/** Opens the consent page, answers its form, and gives the address that the browser is sent to. */
export async function consent(url: URL, decision: 'allow' | 'deny', account = mainAccount): Promise<URL> {
  const page = await (await fetch(url)).text();
  const ticket = /name="ticket" value="([^"]+)"/.exec(page)?.[1] ?? '';
  assert.match(page, /harbourbakery/);
  const body = new URLSearchParams({ ticket, account, decision });
  const answer = await fetch(new URL('/oauth/authorize', url), { method: 'POST', body, redirect: 'manual' });
  assert.equal(answer.status, 302);
  return new URL(answer.headers.get('location') ?? '');
}

export function authorizeUrl(app: RegisteredApp, extra: Readonly<Record<string, string>>): URL {
  const url = new URL(app.server.authorization_endpoint ?? '');
  const asked = { response_type: 'code', client_id: app.client.client_id, redirect_uri: redirectUri, scope, ...extra };
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  return url;
}

export async function signIn(
  app: RegisteredApp,
  auth = oauth.ClientSecretPost(app.secret),
  account = mainAccount,
): Promise<oauth.TokenEndpointResponse> {
  const verifier = oauth.generateRandomCodeVerifier();
  const challenge = await oauth.calculatePKCECodeChallenge(verifier);
  const url = authorizeUrl(app, { state: 'st', code_challenge: challenge, code_challenge_method: 'S256' });
  const target = await consent(url, 'allow', account);
  const params = oauth.validateAuthResponse(app.server, app.client, target, 'st');
  const response = await oauth.authorizationCodeGrantRequest(app.server, app.client, auth, params, redirectUri, verifier, insecure);
  return await oauth.processAuthorizationCodeResponse(app.server, app.client, response);
}

export async function tokenOf(origin: string): Promise<string> {
  return (await signIn(await register(origin))).access_token;
}

export async function get(origin: string, path: string, token?: string): Promise<Response> {
  return await fetch(origin + path, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
}

export async function sweep(origin: string, token: string, query = ''): Promise<{ ids: string[]; pages: number }> {
  const ids: string[] = [];
  let next: string | undefined = `${origin}/api/v1/accounts/${mainAccount}/followers${query}`;
  let pages = 0;
  while (next !== undefined) {
    const response: Response = await fetch(next, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(response.status, 200);
    ids.push(...readList(await response.json()).map((row) => String(row['id'])));
    next = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
    pages += 1;
  }
  return { ids, pages };
}
