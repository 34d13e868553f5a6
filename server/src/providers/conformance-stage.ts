import assert from 'node:assert/strict';
import { createManualClock, type ManualClock } from '../platform/clock.ts';
import { createOutboundFetch } from '../platform/outbound/fetch.ts';
import { walkConsent } from './conformance-consent.ts';
import type {
  CallbackInput, FollowerPage, FollowerRow, Grant, Manifest, Provider, ProviderCall, ProviderEnvironment, TokenSet,
} from './provider.ts';
import type { RunningSimulator, SimulatorOptions } from './simulation/world.ts';

/** A network under test: provider and simulator, joined by nothing but HTTP. */
export interface ConformanceStage {
  readonly provider: Provider;
  readonly simulator: RunningSimulator;
  readonly clock: ManualClock;
  readonly fetch: typeof globalThis.fetch;
  readonly plan: StagePlan;
}

export interface StagePlan {
  readonly create: (environment: ProviderEnvironment) => Provider;
  readonly start: (options: SimulatorOptions) => Promise<RunningSimulator>;
  /** What a person types before consent, where the network asks for a server or a handle. */
  readonly addressOf?: (simulator: RunningSimulator) => string;
  /** What a person types or chooses on the consent page, by field name. */
  readonly fill?: (simulator: RunningSimulator) => Readonly<Record<string, string>>;
  /** The simulated graph's id within our external id, where the two differ (a person's server is part of ours); the same by default. */
  readonly worldIdOf?: (externalId: string) => string;
  /** How old a token has to be before the network renews it; 0 by default. */
  readonly renewableAfterMs?: number;
  /** Path of the one request that makes a post of this account public; needed where posts are published. */
  readonly publicPathOf?: (externalId: string) => string;
  /** Handle and password that the simulator takes, for networks with app passwords. */
  readonly appPassword?: (simulator: RunningSimulator) => { handle: string; password: string };
}

export const baseUrl = 'http://127.0.0.1:18080';

const fetchLocal = createOutboundFetch({ timeoutMs: 5_000, bytesMax: 4_000_000, allowPrivate: true });

/** What the network declares, readable before anything runs. */
export function manifestOf(plan: StagePlan): Manifest {
  return plan.create(environmentOf(createManualClock(new Date()), null)).manifest;
}

/** Builds a stage: a graph of a bit over two pages, standing still, and a clock that moves by hand from the real now. */
export async function startStage(plan: StagePlan): Promise<ConformanceStage> {
  const clock = createManualClock(new Date());
  const followersAtOrigin = (manifestOf(plan).followers?.pageSize ?? 100) * 2 + 37;
  const simulator = await plan.start({ clock, seed: 7, port: 0, stateFile: null, followersAtOrigin });
  simulator.world.freeze(true);
  return { provider: plan.create(environmentOf(clock, simulator.origin)), simulator, clock, fetch: fetchLocal, plan };
}

function environmentOf(clock: ManualClock, simulatorOrigin: string | null): ProviderEnvironment {
  return { clock, baseUrl, settings: {}, simulatorOrigin, fetch: fetchLocal };
}

const signal = new AbortController().signal;

/** The id by which the simulated graph knows what we know by this external id. */
export function worldId({ plan }: ConformanceStage, externalId: string): string {
  return plan.worldIdOf?.(externalId) ?? externalId;
}

export function redirectUriOf({ provider }: ConformanceStage): string {
  return `${baseUrl}/oauth/${provider.manifest.id}/callback`;
}

/** Goes to the network and back; what a callback would be given. */
export async function consent(
  stage: ConformanceStage, choice: 'allow' | 'deny',
): Promise<CallbackInput & { redirectUri: string; signal: AbortSignal }> {
  const redirectUri = redirectUriOf(stage);
  const state = `state-${crypto.randomUUID()}`;
  const address = stage.plan.addressOf?.(stage.simulator) ?? null;
  const { authorizeUrl, secrets } = await stage.provider.startConsent({ state, redirectUri, address, signal });
  const fill = stage.plan.fill?.(stage.simulator) ?? {};
  const query = await walkConsent({ fetch: stage.fetch, authorizeUrl, redirectUri, choice, fill });
  return { code: query.get('code') ?? '', iss: query.get('iss'), state: query.get('state') ?? state, secrets, query, redirectUri, signal };
}

export async function connect(stage: ConformanceStage): Promise<Grant> {
  return stage.provider.finishConsent(await consent(stage, 'allow'));
}

export function callOf(grant: Grant, tokens: TokenSet = grant.tokens): ProviderCall {
  return { tokens, externalId: grant.identity.externalId, signal };
}

/** Everything in a grant that must never be seen in an error. */
export function secretsOf({ accessToken, refreshToken }: TokenSet): readonly string[] {
  return refreshToken === null ? [accessToken] : [accessToken, refreshToken];
}

/** All pages of the follower list, to the closing cursor. */
export async function listAll({ provider }: ConformanceStage, call: ProviderCall): Promise<readonly FollowerRow[]> {
  const { listFollowers, manifest } = provider;
  assert.ok(listFollowers !== undefined && manifest.followers !== null);
  const rows: FollowerRow[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < 500; page += 1) {
    const answer: FollowerPage = await listFollowers.call(provider, call, cursor);
    assert.ok(answer.rows.length <= manifest.followers.pageSize, 'a page is larger than declared');
    rows.push(...answer.rows);
    cursor = answer.nextCursor;
    if (cursor === null) return rows;
  }
  return assert.fail('the list never closed');
}
