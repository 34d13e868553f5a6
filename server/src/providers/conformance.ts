import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Capability } from '@rookery/contract/networks.ts';
import {
  callOf, connect, consent, listAll, manifestOf, secretsOf, startStage, worldId, type ConformanceStage, type StagePlan,
} from './conformance-stage.ts';
import { testPublishing } from './conformance-publishing.ts';
import { checkProvider } from './manifest-check.ts';
import { ProviderError, type Manifest, type ProviderCall, type ProviderErrorKind } from './provider.ts';
import { expectFailure } from './scripted-network.ts';
import type { SimulatedPerson } from './simulation/world.ts';

interface Suite {
  readonly manifest: Manifest;
  has(capability: Capability): boolean;
  /** The running network; only inside a test. */
  stage(): ConformanceStage;
}

/** The suite that every network must pass, against its simulator, over HTTP. */
export function describeProvider(options: { readonly name: string } & StagePlan): void {
  describe(`${options.name}: conformance`, () => {
    let running: ConformanceStage | null = null;
    const stage = (): ConformanceStage => running ?? assert.fail('the stage is not up');
    const manifest = manifestOf(options);
    const suite: Suite = { manifest, stage, has: (capability) => manifest.capabilities.includes(capability) };
    before(async () => {
      running = await startStage(options);
    });
    afterEach(() => stage().simulator.faults.reset());
    after(async () => {
      await running?.simulator.close();
    });
    test('what is declared is what is there', () => assert.deepEqual(checkProvider(stage().provider), []));
    testConsent(suite);
    testTokens(suite);
    testReading(suite);
    testFollowers(suite);
    testIncompleteLists(suite);
    testFaults(suite);
    if (suite.has('publish')) testPublishing(stage, options);
  });
}

function testConsent({ manifest, stage }: Suite): void {
  test('consent brings the state back and answers the account that agreed', async () => {
    const input = await consent(stage(), 'allow');
    assert.match(input.query.get('state') ?? '', /^state-/);
    const { identity, tokens } = await stage().provider.finishConsent(input);
    const account = stage().simulator.world.account(worldId(stage(), identity.externalId));
    assert.ok(account !== null, 'the id is not the account of the network');
    assert.equal(identity.handle.replace(/^@/, '').split('@')[0], account.handle.split('@')[0]);
    assert.ok(tokens.accessToken.length >= 16);
    assert.ok(tokens.expiresAt === null || tokens.expiresAt > stage().clock.now());
  });

  test('declining is a refusal in words, not a grant', async () => {
    const input = await consent(stage(), 'deny');
    assert.notEqual(input.query.get('error'), null);
    assert.match(input.query.get('state') ?? '', /^state-/);
    await expectFailure('rejected', stage().provider.finishConsent(input));
  });

  test('a code is worth nothing in another sign-in, and works once in its own', async () => {
    const [mine, other] = [await consent(stage(), 'allow'), await consent(stage(), 'allow')];
    await expectFailure('rejected', stage().provider.finishConsent({ ...mine, secrets: other.secrets, state: other.state }), [mine.code]);
    const fresh = await consent(stage(), 'allow');
    await stage().provider.finishConsent(fresh);
    await expectFailure('rejected', stage().provider.finishConsent(fresh), [fresh.code]);
  });

  if (manifest.appPassword) test('an app password connects the same account; a wrong one is refused and not repeated', async () => {
    const { provider, simulator, plan } = stage();
    const known = plan.appPassword?.(simulator);
    assert.ok(provider.connectWithPassword !== undefined && known !== undefined, 'the plan names no app password');
    const { signal } = new AbortController();
    const grant = await provider.connectWithPassword({ ...known, signal });
    assert.notEqual(simulator.world.account(worldId(stage(), grant.identity.externalId)), null);
    const wrong = 'wrng-wrng-wrng-wrng';
    await expectFailure('rejected', provider.connectWithPassword({ ...known, password: wrong, signal }), [wrong]);
  });
}

function testTokens({ has, stage }: Suite): void {
  const renew = async (call: ProviderCall): Promise<ProviderCall> => {
    const { clock, plan, provider } = stage();
    clock.advance(plan.renewableAfterMs ?? 0);
    return { ...call, tokens: await (provider.refresh?.(call) ?? assert.fail('no refresh')) };
  };

  if (has('refresh')) test('tokens are renewed twice in a row, and a rotated refresh token is dead', async () => {
    const { provider, clock } = stage();
    const first = callOf(await connect(stage()));
    const second = await renew(first);
    await provider.readProfile(second);
    const third = await renew(second);
    await provider.readProfile(third);
    assert.equal(new Set([first, second, third].map(({ tokens }) => tokens.accessToken)).size, 3);
    assert.ok(third.tokens.expiresAt === null || third.tokens.expiresAt > clock.now());
    if (third.tokens.refreshToken !== null && third.tokens.refreshToken !== first.tokens.refreshToken) {
      await expectFailure('revoked', renew(first), secretsOf(first.tokens));
    }
  });

  if (has('refresh')) test('an expired access token says so, and refreshing it works or asks to connect again', async () => {
    const call = callOf(await connect(stage()));
    stage().simulator.faults.expireTokens();
    await expectFailure('expired', stage().provider.readProfile(call), secretsOf(call.tokens));
    await renew(call).then((renewed) => stage().provider.readProfile(renewed), (error: unknown) => {
      assert.ok(error instanceof ProviderError && error.kind === 'revoked', String(error));
    });
  });

  test("a grant that was revoked on the network's side ends in revoked, at the latest when it is refreshed", async () => {
    const call = callOf(await connect(stage()));
    stage().simulator.faults.revokeGrants();
    const error: unknown = await stage().provider.readProfile(call).catch((reason: unknown) => reason);
    assert.ok(error instanceof ProviderError && (error.kind === 'revoked' || error.kind === 'expired'), String(error));
    if (error.kind === 'expired' || has('refresh')) {
      await expectFailure('revoked', renew(call), secretsOf(call.tokens));
    }
  });

  if (has('revoke')) test('revoking ends the access on the network', async () => {
    const { provider } = stage();
    const call = callOf(await connect(stage()));
    await provider.revoke?.(call);
    await assert.rejects(
      provider.readProfile(call), (error: unknown) => error instanceof ProviderError && ['revoked', 'expired'].includes(error.kind),
    );
    if (has('refresh')) await expectFailure('revoked', renew(call), secretsOf(call.tokens));
  });
}

function testReading({ has, stage }: Suite): void {
  test('the profile states the counts of the network', async () => {
    const { provider, simulator } = stage();
    const grant = await connect(stage());
    const { externalId } = grant.identity;
    const profile = await provider.readProfile(callOf(grant));
    const id = worldId(stage(), externalId);
    const account = simulator.world.account(id);
    assert.deepEqual([profile.externalId, profile.followers, profile.following, profile.posts], [
      externalId, simulator.world.followersOf(id).length, account?.following, account?.posts,
    ]);
    simulator.faults.skewCount(7);
    assert.equal((await provider.readProfile(callOf(grant))).followers, (profile.followers ?? 0) + 7);
  });

  if (has('metrics')) test('a figure is measured with a value or unsupported without one', async () => {
    const metrics = await stage().provider.readMetrics?.(callOf(await connect(stage()))) ?? [];
    assert.equal(metrics.find(({ metric }) => metric === 'followers')?.source, 'measured');
    for (const { metric, value, source } of metrics) assert.equal(value !== null, source === 'measured', metric);
    assert.equal(new Set(metrics.map(({ metric }) => metric)).size, metrics.length);
  });

  test('a call that is stopped fails as one that can be tried again', async () => {
    const call = callOf(await connect(stage()));
    await expectFailure('retryable', stage().provider.readProfile({ ...call, signal: AbortSignal.abort() }), secretsOf(call.tokens));
  });
}

function testFollowers({ manifest, has, stage }: Suite): void {
  if (has('followers')) test('the pages together are the list: everybody once, in a list that closes', async () => {
    const call = callOf(await connect(stage()));
    const rows = await listAll(stage(), call);
    const received = rows.map(({ externalId }) => worldId(stage(), externalId));
    const expected = followersOf(stage(), call).map(({ id }) => id);
    assert.equal(new Set(rows.map(({ externalId }) => externalId)).size, rows.length);
    assert.deepEqual(received.toSorted(), expected.toSorted());
    if (manifest.followers?.newestFirst === true) assert.deepEqual(received, expected);
  });

  if (has('followers')) test('a renamed follower keeps the id', async () => {
    const { simulator } = stage();
    const call = callOf(await connect(stage()));
    const person = followersOf(stage(), call)[3] ?? assert.fail('too few followers');
    const find = async () => (await listAll(stage(), call)).find(({ externalId }) => worldId(stage(), externalId) === person.id);
    const old = await find();
    const [name = '', ...rest] = person.handle.split(/(?=[.@])/);
    simulator.world.rename(person.id, [`${name.slice(0, 8)}new`, ...rest].join(''));
    const renamed = await find();
    assert.equal(renamed?.externalId, old?.externalId);
    assert.notEqual(renamed?.handle ?? null, null);
    assert.notEqual(renamed?.handle, old?.handle);
  });

  if (has('follower-status')) test('who vanished is told apart: left, suspended, deactivated', async () => {
    const { simulator, provider } = stage();
    const { world } = simulator;
    const call = callOf(await connect(stage()));
    const [leaver, suspended, deactivated] = followersOf(stage(), call).slice(10, 13);
    assert.ok(leaver !== undefined && suspended !== undefined && deactivated !== undefined);
    const externalIds = new Map((await listAll(stage(), call)).map(({ externalId }) => [worldId(stage(), externalId), externalId]));
    world.unfollow(worldId(stage(), call.externalId), leaver.id);
    world.setState(suspended.id, 'suspended');
    world.setState(deactivated.id, 'deactivated');
    const listed = new Set((await listAll(stage(), call)).map(({ externalId }) => worldId(stage(), externalId)));
    for (const [person, status] of [[leaver, 'active'], [suspended, 'suspended'], [deactivated, 'deactivated']] as const) {
      assert.equal(listed.has(person.id), false);
      assert.equal(await provider.lookUpPerson?.(call, externalIds.get(person.id) ?? ''), status, status);
    }
  });
}

function testIncompleteLists({ has, stage }: Suite): void {
  if (has('followers')) test('a hidden list is not supported, or empty beside a count that says otherwise', async () => {
    const call = callOf(await connect(stage()));
    stage().simulator.faults.hideFollowers(true);
    const rows = await listAll(stage(), call).catch((error: unknown) => {
      assert.ok(error instanceof ProviderError && error.kind === 'notSupported', String(error));
      return null;
    });
    if (rows !== null) assert.ok(rows.length < ((await stage().provider.readProfile(call)).followers ?? 0));
  });

  if (has('followers')) test('a list that the network cuts short can be told by the stated count', async () => {
    const { simulator, provider } = stage();
    const call = callOf(await connect(stage()));
    const half = Math.floor(followersOf(stage(), call).length / 2);
    simulator.faults.truncateFollowersAt(half);
    assert.equal((await listAll(stage(), call)).length, half);
    const { followers } = await provider.readProfile(call);
    const { toleranceShare, toleranceCount } = provider.manifest.followers ?? assert.fail('no list');
    assert.ok(followers !== null && followers - half > Math.max(toleranceCount, followers * toleranceShare));
  });
}

function testFaults({ stage }: Suite): void {
  const faults: readonly (readonly [string, ProviderErrorKind, (stage: ConformanceStage) => void])[] = [
    ['is cut off', 'retryable', ({ simulator }) => simulator.faults.dropNext(5)],
    ['breaks its format', 'garbled', ({ simulator }) => simulator.faults.garbleNext(5)],
    ['hits a rate limit', 'rateLimited', ({ simulator }) => simulator.faults.rateLimitNext(5)],
    ['answers 500', 'retryable', ({ simulator }) => simulator.faults.failNext(5, 500)],
    ['answers 503', 'retryable', ({ simulator }) => simulator.faults.failNext(5, 503)],
  ];
  for (const [name, kind, strike] of faults) {
    test(`whatever call ${name} is ${kind}, without a token in the error`, async () => {
      const { provider, simulator, clock, plan } = stage();
      const call = callOf(await connect(stage()));
      clock.advance(plan.renewableAfterMs ?? 0);
      const somebody = (await provider.listFollowers?.(call, null))?.rows[0]?.externalId ?? '';
      const calls: readonly (() => Promise<unknown> | undefined)[] = [
        () => provider.readProfile(call),
        () => provider.readMetrics?.(call),
        () => provider.listFollowers?.(call, null),
        () => provider.lookUpPerson?.(call, somebody),
        () => provider.refresh?.(call),
      ];
      for (const start of calls) {
        strike(stage());
        const pending = start();
        if (pending !== undefined) {
          const error = await expectFailure(kind, pending, secretsOf(call.tokens));
          if (kind === 'rateLimited') assert.ok(error.until !== null && error.until > clock.now());
        }
        simulator.faults.reset();
      }
      if (provider.refresh !== undefined && kind !== 'garbled') {
        await provider.readProfile({ ...call, tokens: await provider.refresh(call) });
      }
    });
  }

  test('a sign-in that breaks on the way leaves an error of one kind and no secret', async () => {
    for (const [, kind, strike] of faults) {
      const input = await consent(stage(), 'allow');
      strike(stage());
      await expectFailure(
        kind, stage().provider.finishConsent(input), [input.code, ...Object.values(input.secrets).filter((secret) => secret.length >= 16)],
      );
      stage().simulator.faults.reset();
    }
  });
}

function followersOf(stage: ConformanceStage, call: ProviderCall): readonly SimulatedPerson[] {
  return stage.simulator.world.followersOf(worldId(stage, call.externalId));
}
