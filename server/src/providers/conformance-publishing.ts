import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { writeFilm } from '../platform/videos/sample-film.ts';
import { callOf, connect, manifestOf, secretsOf, type ConformanceStage, type StagePlan } from './conformance-stage.ts';
import {
  ProviderError, type Finding, type PostReading, type ProviderCall, type Publication, type PublishImage, type PublishManifest, type PublishRequest,
  type PublishVideo,
} from './provider.ts';
import { recordProgress, sampleFile, sampleImage, samplePost, sampleVideo } from './publish-samples.ts';
import { expectFailure } from './scripted-network.ts';
import type { SimulatedPost } from './simulation/world.ts';
import { testVideos } from './conformance-videos.ts';

/** One account that posts, as the protocol would let it: steps are kept from attempt to attempt. */
export interface Poster {
  readonly stage: ConformanceStage;
  readonly call: ProviderCall;
  readonly publishing: PublishManifest;
  /** A post that the network takes, with a text that no other has. */
  write(over?: Partial<PublishRequest>): PublishRequest;
  image(altText: string): PublishImage;
  video(over?: Partial<PublishVideo>): PublishVideo;
  publish(request: PublishRequest): Promise<Publication>;
  look(request: PublishRequest): Promise<Finding>;
  /** Everything public with this text. */
  out(request: PublishRequest): readonly SimulatedPost[];
  /** Until a post is in the account's own list at the latest. */
  waitUntilVisible(): void;
  readonly publicPath: string;
}

let sequence = 0;
/** More than one piece of an upload, and more than a form that is sent at once. */
const film = writeFilm({ bytes: 1_300_000 });

/** What every network that is published to must do, so that the protocol neither posts twice nor loses a post. */
export function testPublishing(stage: () => ConformanceStage, plan: StagePlan): void {
  describe('publishing', () => {
    const files: Server = createServer((request, response) => {
      const isFilm = request.url === '/film.mp4';
      response.setHeader('content-type', isFilm ? 'video/mp4' : 'image/jpeg').end(isFilm ? film : Buffer.from(sampleFile));
    });
    before(() => once(files.listen(0, '127.0.0.1'), 'listening'));
    after(() => {
      files.closeAllConnections();
      files.close();
    });
    const address = (): string => {
      const listening = files.address();
      assert.ok(listening !== null && typeof listening === 'object');
      return `http://127.0.0.1:${listening.port}`;
    };
    const open = (): Promise<Poster> => openPoster(stage(), address());
    const { publishing } = manifestOf(plan);
    assert.ok(publishing !== null);
    testPosts(open, publishing);
    testLostAnswers(open, publishing);
    testRefusals(open);
    if (publishing.deletes) testDeletion(open);
    if (manifestOf(plan).capabilities.includes('post-metrics')) testFigures(open);
    if (publishing.videos !== null) testVideos(open);
  });
}

async function openPoster(stage: ConformanceStage, files: string): Promise<Poster> {
  const { provider, simulator, clock, plan } = stage;
  const { publish, checkPublication, manifest: { publishing } } = provider;
  assert.ok(publish !== undefined && checkPublication !== undefined && publishing !== null && plan.publicPathOf !== undefined);
  const call = callOf(await connect(stage));
  const kept = new Map<string, Record<string, string>>();
  const withSteps = (request: PublishRequest): PublishRequest => ({ ...request, steps: kept.get(request.key) ?? {} });
  const image = (altText: string): PublishImage => sampleImage(altText, { publicUrl: () => Promise.resolve(`${files}/image.jpg`) });
  const video = (over: Partial<PublishVideo> = {}): PublishVideo =>
    sampleVideo(new Uint8Array(film), { altText: 'A heron lands', publicUrl: () => Promise.resolve(`${files}/film.mp4`), ...over });
  return {
    stage, call, publishing, image, video,
    publicPath: plan.publicPathOf(call.externalId),
    write(over = {}) {
      sequence += 1;
      const images = publishing.images.isRequired && over.isComment !== true ? [image('')] : [];
      return samplePost({ createdAt: clock.now(), text: `Balloon number ${sequence} & <counting> #bay${sequence}`, images, ...over });
    },
    async publish(request) {
      const progress = recordProgress([]);
      try {
        return await publish(call, withSteps(request), progress);
      } finally {
        kept.set(request.key, { ...kept.get(request.key), ...progress.steps });
      }
    },
    look: (request) => checkPublication(call, withSteps(request)),
    out: (request) => simulator.posts().filter(({ text, isDeleted }) => text === request.text && !isDeleted),
    waitUntilVisible: () => clock.advance((publishing.visibilityDelaySeconds + 1) * 1000),
  };
}

export type Open = () => Promise<Poster>;

function testPosts(open: Open, publishing: PublishManifest): void {
  test('a post goes out once, as it was written, and is found', async () => {
    const poster = await open();
    const request = poster.write();
    const publication = await poster.publish(request);
    const out = poster.out(request).map(({ id, replyTo, isComment }) => [id, replyTo, isComment]);
    assert.deepEqual(out, [[publication.externalId, null, false]]);
    assert.match(publication.url ?? '', /^https?:\/\//);
    poster.waitUntilVisible();
    if (publishing.policy !== 'container') assert.deepEqual(await poster.look(request), { state: 'published', publication });
    else assert.equal((await poster.look(request)).state, 'published');
  });

  test('links, names, tags, line ends and signs of all kinds survive the way out and back', async () => {
    const poster = await open();
    const text = `Zoë’s 🎈 & <b>:\n\nhttps://example.com/a?b=1&c=2 (example.org) #Bucht @nobody ${crypto.randomUUID()}`;
    const request = poster.write({ text });
    const { externalId } = await poster.publish(request);
    poster.waitUntilVisible();
    const found = await poster.look(request);
    assert.equal(found.state === 'published' ? found.publication.externalId : found.state, externalId);
  });

  test('images go out in order, with their alternative texts', async () => {
    const poster = await open();
    const images = ['A balloon', '', 'Zoë’s “other” balloon'].slice(0, publishing.images.countMax).map(poster.image);
    const request = poster.write({ images });
    await poster.publish(request);
    assert.deepEqual(poster.out(request).map((post) => post.images), [images.map(({ altText }) => altText)]);
  });

  if (publishing.threadPartsMax > 1) test('a thread is a chain: each part answers the one before', async () => {
    const poster = await open();
    const parts: { request: PublishRequest; publication: Publication }[] = [];
    for (let index = 0; index < 4; index += 1) {
      const [root, parent] = [parts[0]?.publication, parts.at(-1)?.publication];
      const request = poster.write({ replyTo: root === undefined || parent === undefined ? null : { root, parent } });
      parts.push({ request, publication: await poster.publish(request) });
      poster.stage.clock.advance(1000);
    }
    poster.waitUntilVisible();
    for (const [index, { request, publication }] of parts.entries()) {
      assert.deepEqual(poster.out(request).map(({ replyTo }) => replyTo), [parts[index - 1]?.publication.externalId ?? null]);
      assert.deepEqual(await poster.look(request), { state: 'published', publication });
    }
  });

  if (publishing.firstComment) test('the first comment stands below its post, and is found again when its answer is lost', async () => {
    const poster = await open();
    const post = await poster.publish(poster.write());
    const request = poster.write({ isComment: true, replyTo: { root: post, parent: post } });
    poster.stage.simulator.faults.loseNext(1, `/${post.externalId}/comments`);
    await expectFailure('unknownOutcome', poster.publish(request), secretsOf(poster.call.tokens));
    const [comment, ...more] = poster.out(request);
    assert.deepEqual([more.length, comment?.isComment, comment?.replyTo], [0, true, post.externalId]);
    poster.waitUntilVisible();
    const found = await poster.look(request);
    assert.equal(found.state === 'published' ? found.publication.externalId : found.state, comment?.id);
  });
}

/** What the protocol does about a part in doubt: send the same key again, or look and send again only what is absent. */
async function settle(poster: Poster, request: PublishRequest): Promise<Publication> {
  if (poster.publishing.policy === 'key') return poster.publish(request);
  poster.waitUntilVisible();
  const finding = await poster.look(request);
  if (finding.state === 'published') return finding.publication;
  assert.equal(finding.state, 'absent');
  return poster.publish(request);
}

function testLostAnswers(open: Open, publishing: PublishManifest): void {
  for (const withImages of [false, true]) {
    const what = withImages ? 'a post with images' : 'a post';
    const writeFor = (poster: Poster): PublishRequest =>
      poster.write(withImages ? { images: ['one', 'two'].slice(0, publishing.images.countMax).map(poster.image) } : {});

    test(`${what} whose answer is lost is out once, and that one is found`, async () => {
      const poster = await open();
      const { simulator } = poster.stage;
      const request = writeFor(poster);
      simulator.faults.delayVisibility(publishing.visibilityDelaySeconds * 1000);
      simulator.faults.loseNext(1, poster.publicPath);
      await expectFailure('unknownOutcome', poster.publish(request), secretsOf(poster.call.tokens));
      const publication = await settle(poster, request);
      assert.deepEqual(poster.out(request).map(({ id }) => id), [publication.externalId]);
      poster.waitUntilVisible();
      const found = await poster.look(request);
      assert.equal(found.state === 'published' ? found.publication.externalId : found.state, publication.externalId);
    });

    test(`${what} that never arrived is absent, and goes out once`, async () => {
      const poster = await open();
      const { simulator } = poster.stage;
      for (const strike of [
        () => simulator.faults.dropNext(1, poster.publicPath), () => simulator.faults.garbleNext(1, poster.publicPath),
        () => simulator.faults.failNext(1, 500, poster.publicPath), () => simulator.faults.failNext(1, 503, poster.publicPath),
      ]) {
        const request = writeFor(poster);
        strike();
        await expectFailure('unknownOutcome', poster.publish(request), secretsOf(poster.call.tokens));
        assert.deepEqual(poster.out(request), []);
        poster.waitUntilVisible();
        assert.deepEqual(await poster.look(request), { state: 'absent' });
        const publication = await settle(poster, request);
        assert.deepEqual(poster.out(request).map(({ id }) => id), [publication.externalId]);
      }
    });
  }

  test('whatever breaks while a post is prepared leaves nothing in doubt, and the next attempt goes on', async () => {
    const poster = await open();
    const { simulator } = poster.stage;
    for (const [kind, strike] of [
      ['retryable', () => simulator.faults.dropNext(1)], ['retryable', () => simulator.faults.loseNext(1)],
      ['retryable', () => simulator.faults.failNext(1, 503)], ['garbled', () => simulator.faults.garbleNext(1)],
      ['rateLimited', () => simulator.faults.rateLimitNext(1)],
    ] as const) {
      const request = poster.write({ images: [poster.image('one')] });
      strike();
      await expectFailure(kind, poster.publish(request), secretsOf(poster.call.tokens));
      assert.deepEqual(poster.out(request), []);
      await poster.publish(request);
      assert.equal(poster.out(request).length, 1);
    }
  });

  test('a look that is cut off finds nothing and says nothing', async () => {
    const poster = await open();
    const { simulator } = poster.stage;
    const request = poster.write();
    await poster.publish(request);
    poster.waitUntilVisible();
    for (const [kind, strike] of [
      ['retryable', () => simulator.faults.dropNext(3)], ['retryable', () => simulator.faults.failNext(3, 503)],
      ['garbled', () => simulator.faults.garbleNext(3)], ['rateLimited', () => simulator.faults.rateLimitNext(3)],
    ] as const) {
      strike();
      await expectFailure(kind, poster.look(request), secretsOf(poster.call.tokens));
      simulator.faults.reset();
    }
  });
}

function testRefusals(open: Open): void {
  test('a network that is at its limit names the time, and takes the post afterwards', async () => {
    const poster = await open();
    const { simulator, clock } = poster.stage;
    const request = poster.write();
    simulator.faults.rateLimitNext(1, poster.publicPath);
    const { until } = await expectFailure('rateLimited', poster.publish(request), secretsOf(poster.call.tokens));
    assert.ok(until !== null && until > clock.now());
    assert.deepEqual(poster.out(request), []);
    await poster.publish(request);
    assert.equal(poster.out(request).length, 1);
  });

  for (const [what, strike] of [
    ['expired', ({ stage }: Poster) => stage.simulator.faults.expireTokens()],
    ['withdrawn', ({ stage }: Poster) => stage.simulator.faults.revokeGrants()],
  ] as const) {
    test(`an access that is ${what} publishes nothing and says so`, async () => {
      const poster = await open();
      const request = poster.write();
      strike(poster);
      const error: unknown = await poster.publish(request).catch((reason: unknown) => reason);
      assert.ok(error instanceof ProviderError && ['expired', 'revoked'].includes(error.kind), String(error));
      assert.deepEqual(poster.out(request), []);
    });
  }
}

function testDeletion(open: Open): void {
  test('a deleted post is gone, deleting it again is no failure, and it is absent to a look', async () => {
    const poster = await open();
    const { provider } = poster.stage;
    const request = poster.write();
    const publication = await poster.publish(request);
    await provider.deletePublication?.(poster.call, publication);
    await provider.deletePublication?.(poster.call, publication);
    assert.deepEqual(poster.out(request), []);
    poster.waitUntilVisible();
    assert.deepEqual(await poster.look(request), { state: 'absent' });
  });

  test('a deletion whose answer is lost can be tried again', async () => {
    const poster = await open();
    const { provider, simulator } = poster.stage;
    const request = poster.write();
    const publication = await poster.publish(request);
    simulator.faults.loseNext(1);
    const deleting = (): Promise<void> => provider.deletePublication?.(poster.call, publication) ?? assert.fail('no deletion');
    await expectFailure('retryable', deleting(), secretsOf(poster.call.tokens));
    await deleting();
    assert.deepEqual(poster.out(request), []);
  });
}

function testFigures(open: Open): void {
  const read = (poster: Poster, publications: readonly Publication[]): Promise<readonly PostReading[]> =>
    poster.stage.provider.readPostMetrics?.(poster.call, publications) ?? assert.fail('no figures');

  test('figures of posts come one for each, in order, grow with time, and what is not counted is unsupported and not zero', async () => {
    const poster = await open();
    const publications: Publication[] = [];
    for (let index = 0; index < 3; index += 1) publications.push(await poster.publish(poster.write()));
    const early = await read(poster, publications);
    poster.stage.clock.advance(30 * 3_600_000);
    const fresh = { ...poster, call: callOf(await connect(poster.stage)) };
    const late = await read(fresh, publications.toReversed());
    const valuesOf = (reading: PostReading | undefined): ReadonlyMap<string, number | null> => {
      assert.ok(reading?.state === 'found');
      for (const { value, source } of reading.figures) assert.equal(value === null, source === 'unsupported');
      return new Map(reading.figures.map(({ metric, value }) => [metric, value]));
    };
    assert.deepEqual([early.length, late.length], [3, 3]);
    for (const [index, reading] of early.entries()) {
      const [before, after] = [valuesOf(reading), valuesOf(late[2 - index])];
      assert.equal(before.get('likes'), 0);
      assert.ok((after.get('likes') ?? 0) > 0);
      for (const [metric, value] of before) assert.ok(value === null ? after.get(metric) === null : (after.get(metric) ?? -1) >= value, metric);
    }
    assert.equal(new Set(late.map((reading) => JSON.stringify(reading))).size, 3, 'each post has figures of its own');
  });

  test('a post that is gone is told from one that is there', async () => {
    const poster = await open();
    const kept = await poster.publish(poster.write());
    const lost = { ...kept, externalId: kept.externalId.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10)) };
    const states = (await read(poster, [lost, kept])).map(({ state }) => state);
    assert.deepEqual(states, [lost.externalId === kept.externalId ? 'found' : 'gone', 'found']);
  });

  test('figures that cannot be read fail by kind, and never look like zeros', async () => {
    const poster = await open();
    const { simulator } = poster.stage;
    const publication = await poster.publish(poster.write());
    for (const [kind, strike] of [
      ['retryable', () => simulator.faults.dropNext(1)], ['retryable', () => simulator.faults.failNext(1, 503)],
      ['garbled', () => simulator.faults.garbleNext(1)], ['rateLimited', () => simulator.faults.rateLimitNext(1)],
    ] as const) {
      strike();
      const { until } = await expectFailure(kind, read(poster, [publication]), secretsOf(poster.call.tokens));
      if (kind === 'rateLimited') assert.ok(until !== null && until > poster.stage.clock.now());
      simulator.faults.reset();
    }
    simulator.faults.revokeGrants();
    const error: unknown = await read(poster, [publication]).catch((reason: unknown) => reason);
    assert.ok(error instanceof ProviderError && ['expired', 'revoked'].includes(error.kind), String(error));
  });
}
