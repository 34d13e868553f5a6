import type { JsonReply } from '../http-client.ts';
import { countOf, idOf, isRecord, recordsOf, required, textOf, type JsonRecord } from '../json.ts';
import { findOwnPost, searchSince, type OwnPost } from '../post-match.ts';
import {
  ProviderError, type Finding, type ProviderCall, type Publication, type PublishImage, type PublishLimits, type PublishManifest,
  type PublishProgress, type PublishRequest, type PublishVideo,
} from '../provider.ts';
import { streamForm } from '../multipart.ts';
import { sendPublicly } from '../public-send.ts';
import { freshStep, openVideo, orForget, pause, readImage, requireScopes, stepOf } from '../publish-steps.ts';
import { mapReply } from './errors.ts';
import { readCursor, readNextCursor } from './link-header.ts';
import { localIdOf } from './map.ts';
import type { MastodonContext } from './oauth.ts';
import { toPlainText } from './plain-text.ts';
import { ask, serverFor, succeed } from './server-call.ts';

/**
 * docs.joinmastodon.org, methods "statuses", "media" and "instance", read 2026-11-24: an Idempotency-Key is kept for an hour.
 * Lengths are those of a server that changes nothing; `readPublishLimits` asks each for its own.
 */
export const publishing: PublishManifest = {
  policy: 'key',
  keyLifetimeSeconds: 3600,
  visibilityDelaySeconds: 10,
  timeoutSeconds: 120,
  // Mastodon's source, read 2026-11-24: 300 calls in 5 minutes for a token, each image up to two of them; 30 uploads in 30 minutes.
  budgets: [
    { name: 'calls', scope: 'account', windowSeconds: 300, max: 300, noun: 'calls', points: { post: 1, comment: 1, image: 2 } },
    { name: 'uploads', scope: 'account', windowSeconds: 1800, max: 30, noun: 'images', points: { post: 0, comment: 0, image: 1 } },
  ],
  text: { unit: 'codepoints', lengthMax: 500, bytesMax: null, linkLength: 23, hashtagsMax: null, mentionsMax: null },
  images: {
    countMax: 4, isRequired: false, types: ['image/jpeg', 'image/png', 'image/webp'], bytesMax: 8_000_000, ratioMin: null, ratioMax: null,
    altTextLengthMax: 1500,
  },
  // The server transcodes by itself. Its source, read 2026-11-24: 99 MiB, 120 pictures a second.
  videos: {
    countMax: 1, mixesWithImages: false, types: ['video/mp4', 'video/quicktime'], codecs: ['h264', 'hevc', 'av1', 'vp9', 'other'], audioCodecs: ['none', 'aac', 'other'], bytesMax: 99_000_000,
    secondsMin: 0.1, secondsMax: null, ratioMin: null, ratioMax: null, frameRateMin: null, frameRateMax: 120, widthMax: null,
  },
  threadPartsMax: 25,
  firstComment: false,
  deletes: true,
  refusesSameText: false,
  price: null,
};

const network = 'Mastodon';
/** A server drops uploads that no post uses after a day. */
const uploadLifeHours = 20;
const looksMax = 30;
const pageSize = 40;
const pagesMax = 10;

export interface MastodonPublisher {
  publish(call: ProviderCall, request: PublishRequest, progress: PublishProgress): Promise<Publication>;
  checkPublication(call: ProviderCall, request: PublishRequest): Promise<Finding>;
  deletePublication(call: ProviderCall, publication: Publication): Promise<void>;
  readPublishLimits(call: ProviderCall): Promise<PublishLimits>;
}

export function createMastodonPublisher(context: MastodonContext): MastodonPublisher {
  return {
    publish: (call, request, progress) => publish(context, call, { request, progress }),
    checkPublication: (call, request) => lookForPost(context, call, request),
    async deletePublication(call, publication) {
      requireScopes(call, network, ['write:statuses']);
      const reply = await ask(context, call, `/api/v1/statuses/${encodeURIComponent(publication.externalId)}`, { method: 'DELETE' });
      if (reply.status !== 404 && reply.status !== 410) succeed(context, reply);
    },
    readPublishLimits: (call) => readPublishLimits(context, call),
  };
}

interface Attempt {
  readonly request: PublishRequest;
  readonly progress: PublishProgress;
}

async function publish(context: MastodonContext, call: ProviderCall, { request, progress }: Attempt): Promise<Publication> {
  requireScopes(call, network, request.images.length === 0 && request.video === null ? ['write:statuses'] : ['write:statuses', 'write:media']);
  const body = new URLSearchParams({ status: request.text, visibility: 'public' });
  for (const [index, image] of request.images.entries()) {
    const step = `media ${index} ${image.mediaId}`;
    const kept = freshStep(request, step, { clock: context.http.clock, lifeHours: uploadLifeHours });
    const { id, isReady } = kept === null ? await uploadImage(context, call, image) : { id: kept, isReady: false };
    if (kept === null) await progress.saveStep(step, stepOf(id, context.http.clock));
    if (!isReady) await waitForMedia(context, call, id);
    body.append('media_ids[]', id);
  }
  if (request.video !== null) body.append('media_ids[]', await prepareVideo(context, call, { request, progress }, request.video));
  if (request.replyTo !== null) body.set('in_reply_to_id', request.replyTo.parent.externalId);
  return sendPublicly(context.http, {
    url: new URL('/api/v1/statuses', serverFor(context, call).origin),
    bearer: call.tokens.accessToken,
    headers: { 'idempotency-key': request.key },
    type: 'application/x-www-form-urlencoded',
    body: body.toString(),
    refusalOf: (reply) => refusalOf(context, reply, request),
    publicationOf: (reply) => publicationOf(required(isRecord(reply.json) ? reply.json : null, network, 'a status')),
  }, progress);
}

function refusalOf(context: MastodonContext, reply: JsonReply, request: PublishRequest): ProviderError | null {
  if (reply.status === 404 && request.replyTo !== null) {
    return new ProviderError('rejected', 'The post that this one answers is not on the Mastodon server any more.');
  }
  return mapReply(context.http, reply);
}

/** 200: ready. 202: the server still works on it. */
async function uploadImage(context: MastodonContext, call: ProviderCall, image: PublishImage): Promise<{ id: string; isReady: boolean }> {
  const body = new FormData();
  body.set('file', new Blob([await readImage(image)], { type: image.type }), `image.${image.type.slice('image/'.length)}`);
  if (image.altText !== '') body.set('description', image.altText);
  const reply = succeed(context, await ask(context, call, '/api/v2/media', { method: 'POST', body }));
  const id = required(isRecord(reply.json) ? idOf(reply.json['id']) : null, network, 'the id of an image');
  return { id, isReady: reply.status === 200 };
}

/** A video that the server has taken, uploaded now or by an earlier attempt, and transcoded. */
async function prepareVideo(context: MastodonContext, call: ProviderCall, { request, progress }: Attempt, video: PublishVideo): Promise<string> {
  const step = `video ${video.mediaId}`;
  const kept = freshStep(request, step, { clock: context.http.clock, lifeHours: uploadLifeHours });
  const { id, isReady } = kept === null ? await uploadVideo(context, call, video) : { id: kept, isReady: false };
  if (kept === null) await progress.saveStep(step, stepOf(id, context.http.clock));
  if (!isReady) await orForget(progress, step, () => waitForMedia(context, call, id));
  return id;
}

async function uploadVideo(context: MastodonContext, call: ProviderCall, video: PublishVideo): Promise<{ id: string; isReady: boolean }> {
  const name = video.type === 'video/mp4' ? 'video.mp4' : 'video.mov';
  const form = streamForm({
    fields: video.altText === '' ? {} : { description: video.altText },
    file: { field: 'file', name, type: video.type, bytes: video.bytes, stream: await openVideo(video) },
  });
  const reply = succeed(context, await ask(context, call, '/api/v2/media', { method: 'POST', ...form }));
  return { id: required(isRecord(reply.json) ? idOf(reply.json['id']) : null, network, 'the id of a video'), isReady: reply.status === 200 };
}

/**
 * 206 until the image or video is ready. 404 once a post carries it: that is how it looks when the answer of an earlier attempt was lost, and
 * the same key will say so. An image that is gone for other reasons is refused with the post.
 */
async function waitForMedia(context: MastodonContext, call: ProviderCall, id: string): Promise<void> {
  for (let look = 0; look < looksMax; look += 1) {
    const reply = await ask(context, call, `/api/v1/media/${encodeURIComponent(id)}`);
    if (reply.status === 404) return;
    if (succeed(context, reply).status !== 206) return;
    await pause(Math.min(500 * 2 ** look, 4_000), call.signal);
  }
  throw new ProviderError('processing', 'The Mastodon server is still preparing what was uploaded.');
}

function publicationOf(status: JsonRecord): Publication {
  const url = textOf(status['url']);
  const isWeb = url !== null && /^https?:\/\//.test(url) && URL.canParse(url);
  return { externalId: required(idOf(status['id']), network, 'the id of a post'), url: isWeb ? url : null, ref: {} };
}

/** Reads the account's own posts, newest first, back to before the first attempt. */
async function lookForPost(context: MastodonContext, call: ProviderCall, request: PublishRequest): Promise<Finding> {
  const since = searchSince(request);
  const posts: OwnPost[] = [];
  const path = `/api/v1/accounts/${localIdOf(call.externalId, serverFor(context, call))}/statuses`;
  let cursor: string | null = null;
  for (let page = 0; page < pagesMax; page += 1) {
    const params = readCursor(cursor);
    params.set('limit', String(pageSize));
    params.set('exclude_reblogs', 'true');
    const reply: JsonReply = succeed(context, await ask(context, call, `${path}?${params.toString()}`));
    const read = required(recordsOf(reply.json), network, 'the list of own posts').map(ownPostOf);
    posts.push(...read);
    cursor = readNextCursor(reply.headers.get('link'));
    // Newest first: one old post says that the rest is older still.
    const isBefore = read.some(({ createdAt }) => createdAt !== null && createdAt < since);
    if (cursor === null || isBefore) return findOwnPost(posts, onServer(request), { isComplete: true });
  }
  return findOwnPost(posts, onServer(request), { isComplete: false });
}

function ownPostOf(status: JsonRecord): OwnPost {
  const createdAt = new Date(textOf(status['created_at']) ?? Number.NaN);
  return {
    publication: publicationOf(status),
    text: toPlainText(textOf(status['content']) ?? ''),
    createdAt: Number.isNaN(createdAt.getTime()) ? null : createdAt,
    replyTo: idOf(status['in_reply_to_id']),
    images: Array.isArray(status['media_attachments']) ? status['media_attachments'].length : null,
  };
}

/** A mention is shown without its server. */
function onServer(request: PublishRequest): PublishRequest {
  return { ...request, text: request.text.replace(/(^|[^\w/])@(\w+(?:[\w.-]*\w)?)@[\w.-]+\w/g, '$1@$2') };
}

/** A server without this address (before 4.0) has the usual limits. */
async function readPublishLimits(context: MastodonContext, call: ProviderCall): Promise<PublishLimits> {
  const reply = await ask(context, call, '/api/v2/instance');
  if (reply.status === 404) return {};
  const json = succeed(context, reply).json;
  const configuration = isRecord(json) && isRecord(json['configuration']) ? json['configuration'] : {};
  const statuses = isRecord(configuration['statuses']) ? configuration['statuses'] : null;
  const [textLengthMax, imagesMax, linkLength] = ['max_characters', 'max_media_attachments', 'characters_reserved_per_url']
    .map((name) => countOf(statuses, name));
  const media = isRecord(configuration['media_attachments']) ? configuration['media_attachments'] : null;
  const [videoBytesMax, videoFrameRateMax] = ['video_size_limit', 'video_frame_rate_limit'].map((name) => countOf(media, name));
  return {
    ...(textLengthMax == null || textLengthMax === 0 ? {} : { textLengthMax }),
    ...(imagesMax == null ? {} : { imagesMax }),
    ...(linkLength == null || linkLength === 0 ? {} : { linkLength }),
    ...(videoBytesMax == null || videoBytesMax === 0 ? {} : { videoBytesMax }),
    ...(videoFrameRateMax == null || videoFrameRateMax === 0 ? {} : { videoFrameRateMax }),
  };
}
