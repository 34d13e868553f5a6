import { quoteWords, type JsonReply } from '../http-client.ts';
import { isRecord, parseJson, required, textOf, type JsonRecord } from '../json.ts';
import {
  ProviderError, type Finding, type ProviderCall, type Publication, type PublishManifest, type PublishProgress, type PublishRequest,
  type PublishVideo,
} from '../provider.ts';
import { sendPublicly } from '../public-send.ts';
import { freshStep, openVideo, readImage, requireScopes, stepOf } from '../publish-steps.ts';
import { broad, scopes } from './client-metadata.ts';
import { mapRefusal } from './errors.ts';
import { findFacets, readFacets, type Facet } from './facets.ts';
import { recordKeyOf } from './record-key.ts';
import { sessionKindOf } from './session.ts';
import { dataOf, openServer, perform, performStreaming, query, type XrpcContext } from './xrpc.ts';

/**
 * Lexicons app.bsky.feed.post and app.bsky.embed.images, read 2026-11-24. The record's key is ours, and putting the same record
 * under it again changes nothing (seen on a real PDS), for good. Images: the guide says 1 MB, the lexicon 2; the smaller counts.
 */
export const publishing: PublishManifest = {
  policy: 'key',
  keyLifetimeSeconds: null,
  visibilityDelaySeconds: 0,
  timeoutSeconds: 120,
  // docs.bsky.app, "Rate limits", read 2026-11-24: 5,000 points an hour and 35,000 a day for an account; a record that is made costs 3.
  budgets: [
    { name: 'points', scope: 'account', windowSeconds: 3600, max: 5000, noun: 'points', points: { post: 3, comment: 3, image: 0 } },
    { name: 'points of the day', scope: 'account', windowSeconds: 86_400, max: 35_000, noun: 'points', points: { post: 3, comment: 3, image: 0 } },
  ],
  text: { unit: 'graphemes', lengthMax: 300, bytesMax: 3000, linkLength: null, hashtagsMax: null, mentionsMax: null },
  images: {
    countMax: 4, isRequired: false, types: ['image/jpeg', 'image/png', 'image/webp'], bytesMax: 1_000_000, ratioMin: null, ratioMax: null,
    altTextLengthMax: 1500,
  },
  // Lexicon app.bsky.embed.video takes 100 MB (300 MB lately), but a server takes no blob above 50 MiB (read 2026-11-24).
  videos: {
    countMax: 1, mixesWithImages: false, types: ['video/mp4'], codecs: ['h264', 'hevc', 'av1', 'vp9'], audioCodecs: ['none', 'aac', 'other'], bytesMax: 50_000_000,
    secondsMin: 0.1, secondsMax: 180, ratioMin: null, ratioMax: null, frameRateMin: null, frameRateMax: null, widthMax: null,
  },
  threadPartsMax: 25,
  firstComment: false,
  deletes: true,
  refusesSameText: false,
  price: null,
};

const collection = 'app.bsky.feed.post';
const network = 'Bluesky';
/** A server drops uploads that no post refers to; it may do so after an hour. */
const uploadLifeHours = 0.5;

interface StrongRef {
  readonly uri: string;
  readonly cid: string;
}

export interface BlueskyPublisher {
  publish(call: ProviderCall, request: PublishRequest, progress: PublishProgress): Promise<Publication>;
  checkPublication(call: ProviderCall, request: PublishRequest): Promise<Finding>;
  deletePublication(call: ProviderCall, publication: Publication): Promise<void>;
}

export function createBlueskyPublisher(context: XrpcContext): BlueskyPublisher {
  return {
    async publish(call, request, progress) {
      requirePosting(call, request);
      const record = await makeRecord(context, call, { request, progress });
      return putRecord(context, call, { request, progress, record });
    },
    async checkPublication(call, request) {
      const found = await readRecord(context, call, recordKeyOf(request.createdAt, request.key));
      return found === null ? { state: 'absent' } : { state: 'published', publication: publicationOf(found) };
    },
    async deletePublication(call, publication) {
      requirePosting(call, null);
      // Deleting a record that is not there is answered as done.
      const input = { repo: call.externalId, collection, rkey: keyIn(publication.externalId) };
      await perform(context, call, 'com.atproto.repo.deleteRecord', asJson(input));
    },
  };
}

/** An app password may do all of this, and so may the broad scope. */
function requirePosting(call: ProviderCall, request: PublishRequest | null): void {
  if (sessionKindOf(call.tokens) === 'password' || call.tokens.scopes.includes(broad)) return;
  const files = [...(request === null || request.images.length === 0 ? [] : [scopes.images]), ...(request?.video == null ? [] : [scopes.videos])];
  requireScopes(call, network, [scopes.posts, ...files]);
}

const asJson = (input: JsonRecord) => ({ type: 'application/json', body: JSON.stringify(input) });

interface Attempt {
  readonly request: PublishRequest;
  readonly progress: PublishProgress;
}

/** The record: every attempt makes the very same one, so what had to be found out is kept from the first. */
async function makeRecord(context: XrpcContext, call: ProviderCall, { request, progress }: Attempt): Promise<JsonRecord> {
  const facets = readFacets(request.steps['facets']) ?? await findAndKeepFacets(context, call, { request, progress });
  const images: JsonRecord[] = [];
  for (const [index, image] of request.images.entries()) {
    const step = `image ${index} ${image.mediaId}`;
    const kept = freshStep(request, step, { clock: context.http.clock, lifeHours: uploadLifeHours });
    const blob = kept ?? JSON.stringify(await uploadImage(context, call, image));
    if (kept === null) await progress.saveStep(step, stepOf(blob, context.http.clock));
    images.push({ image: parseJson(blob), alt: image.altText, aspectRatio: { width: image.width, height: image.height } });
  }
  const video = request.video === null ? null : await embedVideo(context, call, { request, progress }, request.video);
  const { replyTo } = request;
  return {
    $type: collection,
    text: request.text,
    createdAt: request.createdAt.toISOString(),
    ...(facets.length === 0 ? {} : { facets }),
    ...(images.length === 0 ? {} : { embed: { $type: 'app.bsky.embed.images', images } }),
    ...(video === null ? {} : { embed: video }),
    ...(replyTo === null ? {} : {
      reply: { root: await refOf(context, call, replyTo.root), parent: await refOf(context, call, replyTo.parent) },
    }),
  };
}

/** The AppView prepares the video once the record is there; until then it shows the post without it (docs.bsky.app, "Video", 2026-11-24). */
async function embedVideo(context: XrpcContext, call: ProviderCall, { request, progress }: Attempt, video: PublishVideo): Promise<JsonRecord> {
  const step = `video ${video.mediaId}`;
  const kept = freshStep(request, step, { clock: context.http.clock, lifeHours: uploadLifeHours });
  const blob = kept ?? JSON.stringify(await uploadVideo(context, call, request, video));
  if (kept === null) await progress.saveStep(step, stepOf(blob, context.http.clock));
  return {
    $type: 'app.bsky.embed.video', video: parseJson(blob), aspectRatio: { width: video.width, height: video.height },
    ...(video.altText === '' ? {} : { alt: video.altText }),
  };
}

async function uploadVideo(context: XrpcContext, call: ProviderCall, request: PublishRequest, video: PublishVideo): Promise<JsonRecord> {
  // Brings a nonce that the server takes: a stream is not sent again by the library when it asks for another.
  await readRecord(context, call, recordKeyOf(request.createdAt, request.key));
  const data = await performStreaming(context, call, 'com.atproto.repo.uploadBlob', {
    type: video.type, bytes: video.bytes, open: () => openVideo(video),
  });
  return required(isRecord(data['blob']) ? data['blob'] : null, network, 'an uploaded video');
}

async function findAndKeepFacets(context: XrpcContext, call: ProviderCall, { request, progress }: Attempt): Promise<readonly Facet[]> {
  const facets = await findFacets(request.text, async (handle) => {
    const reply = await query(context, call, 'com.atproto.identity.resolveHandle', { handle });
    if (reply.status === 400 && reply.error !== 'ExpiredToken' && reply.error !== 'InvalidToken') return null;
    const did = textOf(dataOf(context, reply)['did']);
    return did !== null && /^did:[a-z]+:\S{1,500}$/.test(did) ? did : null;
  });
  if (facets.length > 0) await progress.saveStep('facets', JSON.stringify(facets));
  return facets;
}

async function uploadImage(context: XrpcContext, call: ProviderCall, image: PublishRequest['images'][number]): Promise<JsonRecord> {
  const answer = await perform(context, call, 'com.atproto.repo.uploadBlob', { type: image.type, body: await readImage(image) });
  return required(isRecord(answer['blob']) ? answer['blob'] : null, network, 'an uploaded image');
}

async function refOf(context: XrpcContext, call: ProviderCall, publication: Publication): Promise<StrongRef> {
  const { uri, cid } = publication.ref;
  if (uri !== undefined && cid !== undefined) return { uri, cid };
  const found = await readRecord(context, call, keyIn(publication.externalId));
  if (found === null) throw new ProviderError('rejected', 'The post that this one answers is not on Bluesky any more.');
  return found;
}

async function putRecord(
  context: XrpcContext, call: ProviderCall, { request, progress, record }: Attempt & { readonly record: JsonRecord },
): Promise<Publication> {
  const server = await openServer(context, call);
  const body = JSON.stringify({ repo: call.externalId, collection, rkey: recordKeyOf(request.createdAt, request.key), record });
  for (let isFirst = true; ; isFirst = false) {
    let lacksNonce = false;
    try {
      return await sendPublicly(server, {
        url: new URL('/xrpc/com.atproto.repo.putRecord', server.origin), type: 'application/json', body,
        refusalOf: (reply) => {
          lacksNonce = reply.status === 401 && /use_dpop_nonce/.test(reply.headers.get('www-authenticate') ?? '');
          return refusalOf(context, call, reply);
        },
        publicationOf: (reply) => publicationOf(readRef(isRecord(reply.json) ? reply.json : {})),
      }, progress);
    } catch (error) {
      // The server has just told its new nonce, and refused before it looked at the record; a stream is not sent again by the library.
      if (!lacksNonce || !isFirst) throw error;
    }
  }
}

function refusalOf(context: XrpcContext, call: ProviderCall, reply: JsonReply): ProviderError | null {
  if (reply.status >= 200 && reply.status < 300) return null;
  const body = isRecord(reply.json) ? reply.json : {};
  const failure = mapRefusal({ status: reply.status, error: textOf(body['error']), headers: reply.headers }, context.environment.clock);
  if (failure.kind !== 'rejected' || reply.status !== 400) return failure;
  const words = (textOf(body['message']) ?? '').replaceAll(call.tokens.accessToken, '…');
  return new ProviderError('rejected', `Bluesky does not take this post.${quoteWords(words)}`);
}

async function readRecord(context: XrpcContext, call: ProviderCall, rkey: string): Promise<StrongRef | null> {
  const reply = await query(context, call, 'com.atproto.repo.getRecord', { repo: call.externalId, collection, rkey });
  // Servers before the word RecordNotFound said it like this.
  const isMissing = reply.error === 'RecordNotFound'
    || (reply.error === 'InvalidRequest' && /could not locate record/i.test(reply.words ?? ''));
  return isMissing ? null : readRef(dataOf(context, reply));
}

const readRef = (data: JsonRecord): StrongRef => ({
  uri: required(textOf(data['uri']), network, 'the address of a post'), cid: required(textOf(data['cid']), network, 'the digest of a post'),
});

function publicationOf({ uri, cid }: StrongRef): Publication {
  const [repo = ''] = uri.replace('at://', '').split('/');
  return { externalId: uri, url: `https://bsky.app/profile/${repo}/post/${keyIn(uri)}`, ref: { uri, cid } };
}

/** The record key at the end of `at://did/collection/key`. */
function keyIn(uri: string): string {
  const key = /^at:\/\/[^/]+\/app\.bsky\.feed\.post\/([\w.:~-]{1,512})$/.exec(uri)?.[1];
  if (key === undefined) throw new ProviderError('rejected', 'This is not the address of a Bluesky post.');
  return key;
}
