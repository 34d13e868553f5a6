import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { createManualClock } from '../../server/src/platform/clock.ts';
import { createOutboundFetch } from '../../server/src/platform/outbound/fetch.ts';
import { createBlueskyProviderOn } from '../../server/src/providers/bluesky/index.ts';
import {
  ProviderError, type Finding, type Grant, type Provider, type ProviderErrorKind, type Publication, type PublishImage, type PublishRequest,
  type TokenSet,
} from '../../server/src/providers/provider.ts';
import { startBlueskyServer, type BlueskyServer } from './bluesky-server.ts';
import { answerConsent, chromiumPath, openBrowser } from './consent-page.ts';
import { install, isInstalled } from './install.mjs';

const isOn = (value: string | undefined): boolean => value !== undefined && value !== '' && value !== '0' && value !== 'false';
const isRequired = isOn(process.env['ROOKERY_REQUIRE_ALL']) || isOn(process.env['CI']);
const skip = findReasonToSkip();

function findReasonToSkip(): string | false {
  if (isRequired || (isInstalled() && existsSync(chromiumPath))) return false;
  return "needs Bluesky's own server (370 MB, about a minute) and Chromium; to run it: npm run test:pds";
}

const password = 'a password of alice';
const redirectUri = 'http://127.0.0.1:9/api/oauth/bluesky/callback';

interface Exchange {
  readonly path: string;
  readonly status: number;
  readonly hasProof: boolean;
}

interface Scene {
  readonly server: BlueskyServer;
  readonly browser: Browser;
  readonly bluesky: Provider;
  readonly exchanges: Exchange[];
  readonly did: string;
  readonly accessJwt: string;
}

async function setScene(): Promise<Scene> {
  if (isRequired) install();
  const server = await startBlueskyServer();
  const made = await server.post('com.atproto.server.createAccount', { handle: 'alice.test', email: 'alice@example.com', password });
  const exchanges: Exchange[] = [];
  const outbound = createOutboundFetch({ timeoutMs: 20_000, bytesMax: 4_000_000, allowPrivate: true });
  const bluesky = createBlueskyProviderOn(
    {
      clock: createManualClock(new Date()), baseUrl: 'http://127.0.0.1:9', settings: {}, simulatorOrigin: null,
      fetch: async (input, init) => {
        const request = new Request(input, init);
        const response = await outbound(request.clone());
        exchanges.push({ path: new URL(request.url).pathname, status: response.status, hasProof: request.headers.has('dpop') });
        return response;
      },
    },
    { plcUrl: server.plcOrigin, handleServer: server.pdsOrigin, isHttpAllowed: true },
  );
  return { server, bluesky, exchanges, browser: await openBrowser(), did: String(made['did']), accessJwt: String(made['accessJwt']) };
}

describe("Bluesky's own server", { skip }, () => {
  let scene: Scene;
  let sequence = 0;
  /** The grant that several tests share, as each leaves it: signing in on a page takes seconds. */
  let shared: TokenSet | undefined;

  before(async () => {
    scene = await setScene();
  });
  after(async () => {
    await scene.browser.close();
    await scene.server.close();
  });

  const signal = (): AbortSignal => AbortSignal.timeout(60_000);
  const callFor = (tokens: TokenSet) => ({ tokens, externalId: scene.did, signal: signal() });

  async function reachCallback(answer: 'Authorize' | 'Deny access'): Promise<Parameters<Provider['finishConsent']>[0]> {
    sequence += 1;
    const state = `a-state-of-ours-${sequence}`;
    const started = await scene.bluesky.startConsent({ state, redirectUri, address: '@alice.test', signal: signal() });
    const query = await answerConsent(scene.browser, { authorizeUrl: started.authorizeUrl, password, answer, redirectUri });
    assert.equal(query.get('state'), state);
    const code = query.get('code') ?? '';
    return { code, iss: query.get('iss'), state, secrets: started.secrets, query, redirectUri, signal: signal() };
  }

  const connect = async (): Promise<Grant> => scene.bluesky.finishConsent(await reachCallback('Authorize'));

  async function appPassword(name: string): Promise<string> {
    const made = await scene.server.post('com.atproto.server.createAppPassword', { name }, scene.accessJwt);
    return String(made['password']);
  }

  test('consent with the least scopes connects the account, by pushed request, proof of possession and server nonces', async () => {
    scene.exchanges.length = 0;
    const { tokens, identity } = await connect();
    assert.equal(identity.externalId, scene.did);
    assert.equal(identity.handle, 'alice.test');
    shared = tokens;
    assert.deepEqual([...tokens.scopes].sort(), scene.bluesky.manifest.scopes.map(({ scope }) => scope).sort());
    assert.ok(!tokens.scopes.includes('transition:generic'), 'the broad scope is not asked where fine ones are known');
    assert.ok(tokens.expiresAt !== null && tokens.refreshToken !== null);
    assert.deepEqual(statusesOf('/oauth/par'), [400, 201], 'the first push is told the nonce, the second carries it');
    assert.ok(statusesOf('/oauth/token').includes(200));
    const calls = scene.exchanges.filter(({ path }) => path.startsWith('/xrpc/com.atproto.server.'));
    assert.ok(calls.length > 0 && calls.every(({ hasProof }) => hasProof));
  });

  test('a callback of another issuer is refused before its code is used', async () => {
    const input = await reachCallback('Authorize');
    input.query.set('iss', 'https://elsewhere.example');
    scene.exchanges.length = 0;
    await fails('rejected', scene.bluesky.finishConsent({ ...input, iss: 'https://elsewhere.example' }));
    assert.deepEqual(statusesOf('/oauth/token'), []);
  });

  test('a code without its own PKCE verifier is worth nothing', async () => {
    const input = await reachCallback('Authorize');
    const state = (input.secrets['state'] ?? '').replace(/"verifier":"[^"]+"/, `"verifier":"${'x'.repeat(43)}"`);
    await fails('rejected', scene.bluesky.finishConsent({ ...input, secrets: { ...input.secrets, state } }));
  });

  test('a declined consent connects nothing', async () => {
    await fails('rejected', scene.bluesky.finishConsent(await reachCallback('Deny access')));
  });

  test('a refresh rotates the pair, and the old refresh token is spent', async () => {
    const { tokens } = await connect();
    const next = await refresh(tokens);
    assert.notEqual(next.accessToken, tokens.accessToken);
    assert.notEqual(next.refreshToken, tokens.refreshToken);
    await fails('retryable', list(next));
    await fails('revoked', refresh(tokens));
  });

  test('a call with a dead access token says expired and leaves the refresh token alone', async () => {
    const tokens = shared ?? (await connect()).tokens;
    scene.exchanges.length = 0;
    await fails('expired', list({ ...tokens, accessToken: 'garbage' }));
    await fails('expired', list({ ...tokens, accessToken: tamper(tokens.accessToken) }));
    assert.deepEqual(statusesOf('/oauth/token'), []);
    shared = await refresh(tokens);
    assert.notEqual(shared.accessToken, tokens.accessToken);
  });

  test('an AppView that does not answer makes the follower list retryable, never empty', async () => {
    const tokens = shared ?? (await connect()).tokens;
    scene.exchanges.length = 0;
    await fails('retryable', list(tokens));
    assert.deepEqual(statusesOf('/xrpc/app.bsky.graph.getFollowers').slice(-1), [502]);
  });

  test('a post with links, tags, a mention and an image is one record, however often its key is sent', async () => {
    const tokens = shared ?? (await connect()).tokens;
    const request = requestOf({ text: 'Grüße 🎈 @alice.test & @nobody.test: https://example.com/a #balloons', images: [imageOf('A balloon')] });
    const steps: Record<string, string> = {};
    const first = await publish(tokens, request, steps);
    const again = await publish(tokens, { ...request, steps }, {});
    assert.deepEqual(again, first, 'the same record under the same key');
    assert.equal((await publish(tokens, request, {})).ref['cid'], first.ref['cid'], 'also by a process that lost what was kept');
    const records = await listRecords();
    assert.equal(records.length, 1);
    const { facets, embed } = records[0] ?? {};
    assert.match(JSON.stringify(facets), /"did":"did:plc:.*"uri":"https:\/\/example.com\/a".*"tag":"balloons"/);
    assert.doesNotMatch(JSON.stringify(facets), /nobody/);
    assert.match(JSON.stringify(embed), /"alt":"A balloon"/);
    assert.deepEqual(await look(tokens, request), { state: 'published', publication: first });
  });

  test('a thread answers its parts, a post that was never sent is absent, and deleting twice is no failure', async () => {
    const tokens = shared ?? (await connect()).tokens;
    const root = await publish(tokens, requestOf({ text: 'one' }), {});
    const parent = await publish(tokens, requestOf({ text: 'two', replyTo: { root, parent: root } }), {});
    // The last part knows the address of the one before, and nothing else.
    const bare: Publication = { externalId: parent.externalId, url: null, ref: {} };
    await publish(tokens, requestOf({ text: 'three', replyTo: { root, parent: bare } }), {});
    const third = (await listRecords()).find(({ text }) => text === 'three');
    assert.deepEqual(third?.['reply'], { root: root.ref, parent: parent.ref });
    const unsent = requestOf({ text: 'never' });
    assert.deepEqual(await look(tokens, unsent), { state: 'absent' });
    const request = requestOf({ text: 'to be deleted' });
    const gone = await publish(tokens, request, {});
    await scene.bluesky.deletePublication?.(callFor(tokens), gone);
    await scene.bluesky.deletePublication?.(callFor(tokens), gone);
    assert.deepEqual(await look(tokens, request), { state: 'absent' });
  });

  test('a post that is too long is refused in the words of the server, and a dead token is expired before anything is sent', async () => {
    const tokens = shared ?? (await connect()).tokens;
    const before = (await listRecords()).length;
    assert.match((await fails('rejected', publish(tokens, requestOf({ text: 'x'.repeat(301) }), {}))).message, /300/);
    await fails('expired', publish({ ...tokens, accessToken: tamper(tokens.accessToken) }, requestOf({ text: 'no' }), {}));
    assert.equal((await listRecords()).length, before);
  });

  test('an app password publishes as well', async () => {
    const grant = await scene.bluesky.connectWithPassword?.({ handle: 'alice.test', password: await appPassword('three'), signal: signal() });
    assert.ok(grant);
    const request = requestOf({ text: 'by app password', images: [imageOf('')] });
    const publication = await publish(grant.tokens, request, {});
    assert.deepEqual(await look(grant.tokens, request), { state: 'published', publication });
    await scene.bluesky.deletePublication?.(callFor(grant.tokens), publication);
  });

  test('disconnecting ends the grant at the server', async () => {
    const tokens = shared ?? (await connect()).tokens;
    await scene.bluesky.revoke?.(callFor(tokens));
    await fails('expired', list(tokens));
    await fails('revoked', refresh(tokens));
  });

  test('an app password connects, refreshes by rotation, and ends when it is removed', async () => {
    const grant = await scene.bluesky.connectWithPassword?.({ handle: 'alice.test', password: await appPassword('one'), signal: signal() });
    assert.ok(grant);
    assert.equal(grant.identity.externalId, scene.did);
    assert.ok(grant.tokens.expiresAt !== null && grant.tokens.expiresAt.getTime() > Date.now());
    await fails('retryable', list(grant.tokens));
    const next = await refresh(grant.tokens);
    assert.notEqual(next.refreshToken, grant.tokens.refreshToken);
    await scene.server.post('com.atproto.server.revokeAppPassword', { name: 'one' }, scene.accessJwt);
    await fails('revoked', refresh(next));
  });

  test('a garbage app-password token is expired, and a session can be ended', async () => {
    const grant = await scene.bluesky.connectWithPassword?.({ handle: 'alice.test', password: await appPassword('two'), signal: signal() });
    assert.ok(grant);
    await fails('expired', list({ ...grant.tokens, accessToken: 'garbage' }));
    await scene.bluesky.revoke?.(callFor(grant.tokens));
    await fails('revoked', refresh(grant.tokens));
  });

  test('a wrong app password and an unknown handle are refused in words that help', async () => {
    const wrong = scene.bluesky.connectWithPassword?.({ handle: 'alice.test', password: 'abcd-efgh-ijkl-mnop', signal: signal() });
    assert.match((await fails('rejected', wrong)).message, /app password/);
    const unknown = scene.bluesky.startConsent({ state: 'a-state-of-ours', redirectUri, address: 'nobody.test', signal: signal() });
    await fails('rejected', unknown);
  });

  const statusesOf = (path: string): number[] => scene.exchanges.filter((exchange) => exchange.path === path).map(({ status }) => status);

  async function refresh(tokens: TokenSet): Promise<TokenSet> {
    const next = await scene.bluesky.refresh?.(callFor(tokens));
    assert.ok(next);
    return next;
  }

  async function publish(tokens: TokenSet, request: PublishRequest, kept: Record<string, string>): Promise<Publication> {
    const publication = await scene.bluesky.publish?.(callFor(tokens), request, {
      saveStep: (name, value) => {
        kept[name] = value;
        return Promise.resolve();
      },
      beforeSend: () => Promise.resolve(signal()),
    });
    assert.ok(publication);
    return publication;
  }

  const look = async (tokens: TokenSet, request: PublishRequest): Promise<Finding | undefined> =>
    scene.bluesky.checkPublication?.(callFor(tokens), request);

  /** What the server really holds, read past our adapter. */
  async function listRecords(): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const query = new URLSearchParams({ repo: scene.did, collection: 'app.bsky.feed.post', limit: '100' });
    const response = await fetch(`${scene.server.pdsOrigin}/xrpc/com.atproto.repo.listRecords?${query.toString()}`);
    const answer: unknown = await response.json();
    assert.ok(typeof answer === 'object' && answer !== null && 'records' in answer && Array.isArray(answer.records));
    return answer.records.map((record: { value: Readonly<Record<string, unknown>> }) => record.value);
  }

  const list = async (tokens: TokenSet): Promise<unknown> => scene.bluesky.listFollowers?.(callFor(tokens), null);
});

function requestOf(over: Partial<PublishRequest>): PublishRequest {
  return { key: crypto.randomUUID(), createdAt: new Date(), text: '', images: [], video: null, replyTo: null, isComment: false, steps: {}, ...over };
}

/** The smallest JPEG there is to speak of: the server looks at its type alone. */
function imageOf(altText: string): PublishImage {
  const file = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex');
  return {
    mediaId: crypto.randomUUID(), type: 'image/jpeg', bytes: file.byteLength, width: 4, height: 3, altText,
    read: () => Promise.resolve(new Uint8Array(file)), publicUrl: () => Promise.reject(new Error('not asked for here')),
  };
}

/** A token with one character of its signature changed. */
const tamper = (token: string): string => `${token.slice(0, -8)}${token.slice(-8, -7) === 'A' ? 'B' : 'A'}${token.slice(-7)}`;

async function fails(kind: ProviderErrorKind, attempt: Promise<unknown> | undefined): Promise<ProviderError> {
  const error = await Promise.resolve(attempt).then(() => null, (thrown: unknown) => thrown);
  assert.ok(error instanceof ProviderError, `expected ${kind}, got ${String(error)}`);
  assert.equal(error.kind, kind, error.message);
  return error;
}
