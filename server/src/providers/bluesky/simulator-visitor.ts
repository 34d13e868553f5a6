import assert from 'node:assert/strict';
import { NodeOAuthClient, type NodeSavedSession, type NodeSavedState, type OAuthSession } from '@atproto/oauth-client-node';
import { createManualClock } from '../../platform/clock.ts';
import type { RunningSimulator } from '../simulation/world.ts';
import { startBlueskySimulator, type BlueskySimulatorOptions } from './simulator.ts';

export const mainHandle = 'harbourbakery.bsky.social';
export const redirectUri = 'http://127.0.0.1:4000/callback';

type ClientOptions = ConstructorParameters<typeof NodeOAuthClient>[0];

/** Simulators of one test file; the file closes them after each test. */
const running: RunningSimulator[] = [];

export async function closeAll(): Promise<void> {
  for (const simulator of running.splice(0)) await simulator.close();
}

export async function start(options: Partial<BlueskySimulatorOptions> = {}): Promise<RunningSimulator> {
  const clock = createManualClock(new Date('2026-11-20T10:00:00Z'));
  const simulator = await startBlueskySimulator({ clock, seed: 7, port: 0, stateFile: null, followersAtOrigin: 260, ...options });
  running.push(simulator);
  return simulator;
}

// Holds for each answer of these tests: the assertion before it.
export function readObject(value: unknown): Readonly<Record<string, unknown>> {
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value));
  return value as Record<string, unknown>;
}

export interface Visitor {
  readonly client: NodeOAuthClient;
  /** What the client has stored, by DID: tests put old content back. */
  readonly sessions: Map<string, NodeSavedSession>;
}

export function loopbackMetadata(scope = 'atproto transition:generic'): ClientOptions['clientMetadata'] {
  return {
    client_id: `http://localhost?${new URLSearchParams({ redirect_uri: redirectUri, scope }).toString()}`,
    redirect_uris: [redirectUri],
    scope,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    dpop_bound_access_tokens: true,
  };
}

/** The official client with nothing changed but the addresses of the network. */
export function createVisitor(origin: string, options: Partial<ClientOptions> = {}): Visitor {
  const states = new Map<string, NodeSavedState>();
  const sessions = new Map<string, NodeSavedSession>();
  const client = new NodeOAuthClient({
    clientMetadata: loopbackMetadata(),
    allowHttp: true,
    handleResolver: origin,
    plcDirectoryUrl: origin,
    requestLock: async (_name, run) => await run(),
    stateStore: {
      get: async (key) => states.get(key),
      set: async (key, value) => void states.set(key, value),
      del: async (key) => void states.delete(key),
    },
    sessionStore: {
      get: async (key) => sessions.get(key),
      set: async (key, value) => void sessions.set(key, value),
      del: async (key) => void sessions.delete(key),
    },
    ...options,
  });
  return { client, sessions };
}

/** Opens the consent page, answers its form, and gives the address that the browser is sent to. */
export async function consent(url: URL, decision: 'allow' | 'deny'): Promise<URL> {
  const page = await (await fetch(url)).text();
  const ticket = /name="ticket" value="([^"]+)"/.exec(page)?.[1] ?? '';
  const account = /name="account" value="([^"]+)" checked/.exec(page)?.[1] ?? '';
  const body = new URLSearchParams({ ticket, account, decision });
  const answer = await fetch(new URL('/oauth/authorize', url), { method: 'POST', body, redirect: 'manual' });
  assert.equal(answer.status, 303);
  return new URL(answer.headers.get('location') ?? '');
}

export async function signIn(visitor: Visitor, handle = mainHandle): Promise<OAuthSession> {
  const target = await consent(await visitor.client.authorize(handle, { state: 'app-state' }), 'allow');
  const { session, state } = await visitor.client.callback(target.searchParams);
  assert.equal(state, 'app-state');
  return session;
}

/** What the client holds for this person now. */
export function storedOf(visitor: Visitor, did: string): NodeSavedSession {
  const saved = visitor.sessions.get(did);
  assert.ok(saved, 'the client holds a session');
  return saved;
}

/** Makes the client refresh, and gives its new tokens. */
export async function refresh(visitor: Visitor, did: string): Promise<NodeSavedSession['tokenSet']> {
  await visitor.client.restore(did, true);
  return storedOf(visitor, did).tokenSet;
}
