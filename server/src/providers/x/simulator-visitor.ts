import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { createManualClock, type ManualClock } from '../../platform/clock.ts';
import { driveConsent } from '../simulation/drive-consent.ts';
import type { RunningSimulator, SimulatorOptions } from '../simulation/world.ts';
import { simulatorCredentials, startXSimulator } from './simulator.ts';

const redirectUri = 'http://localhost:4000/callback/x';
const verifier = 'v'.repeat(43);

export const publishScope = 'tweet.read tweet.write users.read media.write offline.access';

export interface Visit {
  readonly x: RunningSimulator;
  readonly clock: ManualClock;
  readonly token: string;
}

/** For tests: a simulator and a token for its main account, got through its consent page with plain PKCE. */
export async function visit(
  context: TestContext,
  change: Partial<SimulatorOptions> & { scope?: string; account?: string } = {},
): Promise<Visit> {
  const { scope = publishScope, account, ...options } = change;
  const clock = createManualClock(new Date('2026-11-24T09:00:00.700Z'));
  const x = await startXSimulator({ clock, seed: 3, port: 0, stateFile: null, followersAtOrigin: 60, ...options });
  context.after(() => x.close());
  return { x, clock, token: await obtainToken(x, scope, account) };
}

export async function obtainToken(x: RunningSimulator, scope: string, account?: string): Promise<string> {
  const { clientId, clientSecret } = simulatorCredentials;
  const asked = { response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope, state: 'st' };
  const query = new URLSearchParams({ ...asked, code_challenge: verifier, code_challenge_method: 'plain' });
  const target = await driveConsent(`${x.origin}/i/oauth2/authorize?${query.toString()}`, account === undefined ? {} : { account });
  const code = target.searchParams.get('code') ?? '';
  const response = await fetch(`${x.origin}/2/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier }),
  });
  return String(objectOf(await response.json())['access_token']);
}

// Holds for each answer of these tests: the assertion before it.
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value));
  return value as Record<string, unknown>;
}

export function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  assert.ok(Array.isArray(value));
  return value.map(objectOf);
}

export async function call(bench: Visit, method: string, path: string, body?: unknown): Promise<Response> {
  const isJson = body !== undefined && !(body instanceof FormData);
  return await fetch(bench.x.origin + path, {
    method,
    headers: { authorization: `Bearer ${bench.token}`, ...(isJson && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: body instanceof FormData ? body : JSON.stringify(body) }),
  });
}
