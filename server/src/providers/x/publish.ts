import { clampWait, requestJson, type HttpClient, type JsonReply } from '../http-client.ts';
import { countOf, idOf, isRecord, recordsOf, required, textOf, type JsonRecord } from '../json.ts';
import { findOwnPost, searchSince, type OwnPost } from '../post-match.ts';
import {
  ProviderError, type Finding, type ProviderCall, type Publication, type PublishManifest, type PublishProgress, type PublishRequest,
  type PublishVideo,
} from '../provider.ts';
import { sendPublicly } from '../public-send.ts';
import { freshStep, orForget, requireScopes, stepOf } from '../publish-steps.ts';
import { failureOf } from './map.ts';
import { uploadImage, uploadVideo, waitForVideo } from './media.ts';
import { writtenText } from './post-text.ts';

/** X developer documentation and price list, read 2026-11-24. No idempotency key exists: after a lost answer we look. */
export const publishing: PublishManifest = {
  policy: 'lookup',
  keyLifetimeSeconds: 0,
  visibilityDelaySeconds: 30,
  timeoutSeconds: 120,
  // POST /2/tweets: 100 in 15 minutes for a user, 10,000 in 24 hours for an app (X developer documentation, read 2026-11-24).
  budgets: [
    { name: 'posts', scope: 'account', windowSeconds: 900, max: 100, noun: 'posts', points: { post: 1, comment: 1, image: 0 } },
    { name: 'app posts', scope: 'app', windowSeconds: 86_400, max: 10_000, noun: 'posts', points: { post: 1, comment: 1, image: 0 } },
  ],
  text: { unit: 'weighted', lengthMax: 280, bytesMax: null, linkLength: 23, hashtagsMax: null, mentionsMax: null },
  images: {
    countMax: 4, isRequired: false, types: ['image/jpeg', 'image/png', 'image/webp'], bytesMax: 5_000_000, ratioMin: null, ratioMax: null,
    altTextLengthMax: 1000,
  },
  // "Media best practices" of X's documentation, category tweet_video, read 2026-11-24.
  videos: {
    countMax: 1, mixesWithImages: false, types: ['video/mp4', 'video/quicktime'], codecs: ['h264'], audioCodecs: ['none', 'aac'], bytesMax: 512_000_000,
    secondsMin: 0.5, secondsMax: 140, ratioMin: 1 / 3, ratioMax: 3, frameRateMin: null, frameRateMax: 60, widthMax: null,
  },
  threadPartsMax: 25,
  firstComment: false,
  deletes: true,
  refusesSameText: true,
  price: { post: 15_000, postWithLink: 200_000 },
};

export const publishScopes = [
  { scope: 'tweet.write', reason: 'To publish your posts, and delete them when you ask for it' },
  { scope: 'media.write', reason: 'To upload the images and videos of your posts' },
] as const;

/** Uploaded media can be posted for 24 hours. */
const uploadLifeHours = 20;
const pageSize = 100;
const pagesMax = 5;

export interface XPublisher {
  publish(call: ProviderCall, request: PublishRequest, progress: PublishProgress): Promise<Publication>;
  checkPublication(call: ProviderCall, request: PublishRequest): Promise<Finding>;
  deletePublication(call: ProviderCall, publication: Publication): Promise<void>;
}

export function createXPublisher(http: HttpClient, origin: string): XPublisher {
  return {
    async publish(call, request, progress) {
      requireScopes(call, http.network, request.images.length === 0 && request.video === null ? ['tweet.write'] : ['tweet.write', 'media.write']);
      const mediaIds: string[] = [];
      for (const [index, image] of request.images.entries()) {
        const step = `media ${index} ${image.mediaId}`;
        const kept = freshStep(request, step, { clock: http.clock, lifeHours: uploadLifeHours });
        const id = kept ?? await uploadImage(http, origin, call, image);
        if (kept === null) await progress.saveStep(step, stepOf(id, http.clock));
        mediaIds.push(id);
      }
      if (request.video !== null) mediaIds.push(await prepareVideo(http, origin, call, { request, progress, video: request.video }));
      return sendPublicly(http, {
        url: new URL(`${origin}/2/tweets`), bearer: call.tokens.accessToken, type: 'application/json',
        body: JSON.stringify(bodyOf(request, mediaIds)),
        refusalOf: (reply) => refusalOf(http, reply),
        publicationOf,
      }, progress);
    },
    checkPublication: (call, request) => lookForPost(http, origin, call, request),
    async deletePublication(call, publication) {
      requireScopes(call, http.network, ['tweet.write']);
      const url = new URL(`${origin}/2/tweets/${encodeURIComponent(publication.externalId)}`);
      const reply = await requestJson(http, { url, method: 'DELETE', bearer: call.tokens.accessToken, signal: call.signal });
      if (isGone(reply)) return;
      const failure = failureOf(http, reply);
      if (failure !== null) throw failure;
      throw new ProviderError('garbled', 'X did not say that the post is deleted.');
    },
  };
}

interface VideoAttempt {
  readonly request: PublishRequest;
  readonly progress: PublishProgress;
  readonly video: PublishVideo;
}

/** A video that X has prepared, uploaded now or by an earlier attempt. Its id is kept before X begins to prepare it. */
async function prepareVideo(http: HttpClient, origin: string, call: ProviderCall, { request, progress, video }: VideoAttempt): Promise<string> {
  const step = `video ${video.mediaId}`;
  const kept = freshStep(request, step, { clock: http.clock, lifeHours: uploadLifeHours });
  const uploaded = kept === null ? await uploadVideo(http, origin, call, video) : { id: kept, state: null };
  if (kept === null) await progress.saveStep(step, stepOf(uploaded.id, http.clock));
  await orForget(progress, step, () => waitForVideo(http, origin, call, uploaded));
  return uploaded.id;
}

function bodyOf(request: PublishRequest, mediaIds: readonly string[]): JsonRecord {
  return {
    ...(request.text === '' ? {} : { text: request.text }),
    ...(mediaIds.length === 0 ? {} : { media: { media_ids: mediaIds } }),
    ...(request.replyTo === null ? {} : { reply: { in_reply_to_tweet_id: request.replyTo.parent.externalId } }),
  };
}

function publicationOf(reply: JsonReply): Publication {
  const body = isRecord(reply.json) ? reply.json : {};
  const data = isRecord(body['data']) ? body['data'] : null;
  return publicationFor(required(idOf(data?.['id']), 'X', 'the id of the new post'));
}

/** By id alone, X shows the post whatever the account is called by then. */
function publicationFor(id: string): Publication {
  return { externalId: id, url: `https://x.com/i/web/status/${encodeURIComponent(id)}`, ref: {} };
}

function refusalOf(http: HttpClient, reply: JsonReply): ProviderError | null {
  const detail = isRecord(reply.json) ? textOf(reply.json['detail']) ?? '' : '';
  if (reply.status === 403 && /duplicate content/i.test(detail)) {
    return new ProviderError('rejected', 'X refuses this text: the account has posted the same lately. Change it and try again.');
  }
  const dayEnds = Number(reply.headers.get('x-user-limit-24hour-reset') ?? reply.headers.get('x-app-limit-24hour-reset') ?? Number.NaN);
  const isDaySpent = [reply.headers.get('x-user-limit-24hour-remaining'), reply.headers.get('x-app-limit-24hour-remaining')].includes('0');
  if (reply.status === 429 && isDaySpent && Number.isSafeInteger(dayEnds)) {
    const until = clampWait(dayEnds * 1000, http.clock);
    const isApp = reply.headers.get('x-app-limit-24hour-remaining') === '0';
    return new ProviderError('rateLimited', `X takes no more posts of this ${isApp ? 'server' : 'account'} today.`, { until, scope: isApp ? 'app' : 'account' });
  }
  return failureOf(http, reply);
}

/** Deleted just now, or gone before: by status, or as X often says it, a 200 with an error of this type. */
function isGone(reply: JsonReply): boolean {
  if (reply.status === 404) return true;
  if (reply.status !== 200 || !isRecord(reply.json)) return false;
  const data = isRecord(reply.json['data']) ? reply.json['data'] : {};
  const [problem] = recordsOf(reply.json['errors']) ?? [];
  return data['deleted'] === true || (textOf(problem?.['type']) ?? '').endsWith('/resource-not-found');
}

/** Reads the account's own posts since the first attempt. Each row is billed, so no more than needed is asked for. */
async function lookForPost(http: HttpClient, origin: string, call: ProviderCall, request: PublishRequest): Promise<Finding> {
  const posts: OwnPost[] = [];
  let token: string | null = null;
  for (let page = 0; page < pagesMax; page += 1) {
    const url = new URL(`${origin}/2/users/${encodeURIComponent(call.externalId)}/tweets`);
    for (const [name, value] of [
      ['max_results', String(pageSize)], ['start_time', `${searchSince(request).toISOString().slice(0, 19)}Z`],
      ['tweet.fields', 'created_at,entities,attachments,referenced_tweets,conversation_id'], ['pagination_token', token],
    ] as const) if (value !== null) url.searchParams.set(name, value);
    const reply: JsonReply = await requestJson(http, { url, bearer: call.tokens.accessToken, signal: call.signal });
    const failure = failureOf(http, reply);
    if (failure !== null) throw failure;
    const read = readPage(reply);
    posts.push(...read.posts);
    token = read.next;
    if (token === null) return findOwnPost(posts, request, { isComplete: true });
  }
  return findOwnPost(posts, request, { isComplete: false });
}

function readPage(reply: JsonReply): { posts: readonly OwnPost[]; next: string | null } {
  const body = required(isRecord(reply.json) ? reply.json : null, 'X', 'an object');
  const meta = required(isRecord(body['meta']) ? body['meta'] : null, 'X', 'a count of posts');
  const rows = body['data'] === undefined ? [] : required(recordsOf(body['data']), 'X', 'a list of posts');
  // Half a list would look like a post that does not exist.
  if (rows.length !== countOf(meta, 'result_count')) throw new ProviderError('garbled', 'X sent another number of posts than it says.');
  return { posts: rows.map(postOf), next: textOf(meta['next_token']) };
}

function postOf(row: JsonRecord): OwnPost {
  const createdAt = new Date(textOf(row['created_at']) ?? Number.NaN);
  const references = recordsOf(row['referenced_tweets'] ?? row['referenced_posts'] ?? []) ?? [];
  const answered = references.find(({ type }) => type === 'replied_to');
  const keys = isRecord(row['attachments']) ? row['attachments']['media_keys'] : [];
  return {
    publication: publicationFor(required(idOf(row['id']), 'X', 'the id of a post')),
    text: writtenText(row),
    createdAt: Number.isNaN(createdAt.getTime()) ? null : createdAt,
    replyTo: answered === undefined ? null : idOf(answered['id']),
    images: Array.isArray(keys) ? keys.length : null,
  };
}
