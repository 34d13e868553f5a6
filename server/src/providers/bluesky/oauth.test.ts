import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { callOf, connect, consent, startStage, type ConformanceStage } from '../conformance-stage.ts';
import { expectFailure, scriptNetwork } from '../scripted-network.ts';
import { scopes } from './client-metadata.ts';
import { createBlueskyProvider } from './index.ts';
import { startBlueskySimulator } from './simulator.ts';

type Fetch = typeof globalThis.fetch;
type Twist = (request: Request, next: Fetch) => Promise<Response>;

/** What happens on the way to the network; each test sets its own. */
let twist: Twist;
let seen: string[];
let stage: ConformanceStage;

const plain: Twist = (request, next) => next(request);
const pathOf = (request: Request): string => new URL(request.url).pathname;

before(async () => {
  stage = await startStage({
    create: (environment) => createBlueskyProvider({
      ...environment,
      fetch: async (input, init) => {
        const request = new Request(input, init);
        seen.push(pathOf(request));
        return twist(request, environment.fetch);
      },
    }),
    start: startBlueskySimulator,
    addressOf: ({ world }) => world.accounts[0]?.handle ?? '',
  });
});
beforeEach(() => {
  twist = plain;
  seen = [];
});
after(() => stage.simulator.close());

test('a refreshed pair is kept even if everything after the token answer fails', async () => {
  const grant = await connect(stage);
  let isOver = false;
  twist = async (request, next) => {
    if (isOver) throw new TypeError('fetch failed');
    const response = await next(request);
    isOver = response.ok && pathOf(request) === '/oauth/token';
    return response;
  };
  const next = await stage.provider.refresh?.(callOf(grant));
  assert.ok(isOver && next !== undefined);
  assert.notEqual(next.refreshToken, grant.tokens.refreshToken);
  twist = plain;
  await stage.provider.readProfile(callOf(grant, next));
});

test('no call but refresh asks the token endpoint, whatever the network says about the token', async () => {
  const grant = await connect(stage);
  stage.simulator.faults.expireTokens();
  seen.length = 0;
  await expectFailure('expired', stage.provider.readProfile(callOf(grant)));
  await expectFailure('expired', stage.provider.listFollowers?.(callOf(grant), null) ?? assert.fail('no list'));
  assert.equal(seen.includes('/oauth/token'), false);
  stage.simulator.faults.reset();
});

test('two grants of one account never mix, also when they are used at once', async () => {
  const [first, second] = [await connect(stage), await connect(stage)];
  const used = new Set<string>();
  twist = (request, next) => {
    if (pathOf(request).endsWith('getProfile')) used.add(request.headers.get('authorization') ?? '');
    return next(request);
  };
  await Promise.all([first, second].map((grant) => stage.provider.readProfile(callOf(grant))));
  assert.deepEqual(used, new Set([first, second].map(({ tokens }) => `DPoP ${tokens.accessToken}`)));
});

test('a server that drops the fine scopes without a word is asked for the broad one at the next try', async () => {
  twist = async (request, next) => {
    const response = await next(request);
    if (pathOf(request) !== '/oauth/token' || !response.ok) return response;
    const answer: unknown = await response.json();
    assert.ok(typeof answer === 'object' && answer !== null && 'scope' in answer && typeof answer.scope === 'string');
    const scope = answer.scope.split(' ').filter((each) => !each.startsWith('rpc:')).join(' ');
    return Response.json({ ...answer, scope }, { headers: response.headers });
  };
  const input = await consent(stage, 'allow');
  assert.match((await expectFailure('rejected', stage.provider.finishConsent(input))).message, /Connect again/);
  const { tokens } = await connect(stage);
  assert.ok(Object.values(scopes).every((scope) => tokens.scopes.includes(scope)));
});

test('a callback address that the client document does not list is refused before anything is sent', async () => {
  const network = scriptNetwork({});
  const provider = createBlueskyProvider({ ...network.environment, baseUrl: 'https://rookery.example' });
  const redirectUri = 'https://rookery.example/elsewhere';
  const starting = provider.startConsent({ state: 's', redirectUri, address: 'https://pds.example', signal: AbortSignal.timeout(5_000) });
  assert.match((await expectFailure('rejected', starting)).message, /base URL/);
  assert.equal(network.seen.length, 0);
});
