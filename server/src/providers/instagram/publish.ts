import type { HttpClient, JsonReply } from '../http-client.ts';
import { countOf, idOf, isRecord, recordsOf, required, textOf } from '../json.ts';
import {
  ProviderError, type Finding, type ProviderCall, type Publication, type PublishLimits, type PublishManifest, type PublishProgress, type PublishRequest,
} from '../provider.ts';
import { sendPublicly } from '../public-send.ts';
import { requireScopes } from '../publish-steps.ts';
import { createContainers, type Containers } from './containers.ts';
import { createGraph, type Graph } from './graph.ts';
import { lookForComment, lookForMedia } from './own-media.ts';
import { isClearRefusal, publishFailureOf } from './publish-errors.ts';

/** "Content publishing" of Meta's documentation, read 2026-11-24. A container can be published once, and says whether it was. */
export const publishing: PublishManifest = {
  policy: 'container',
  keyLifetimeSeconds: 0,
  visibilityDelaySeconds: 60,
  timeoutSeconds: 180,
  // Meta's pages say 25, 50 and 100 posts in 24 hours; each account is asked for its own. A carousel is one, comments are none.
  budgets: [
    { name: 'posts', scope: 'account', windowSeconds: 86_400, max: 50, perPlan: 'postsPerDay', noun: 'posts', points: { post: 1, comment: 0, image: 0 } },
  ],
  text: { unit: 'codepoints', lengthMax: 2200, bytesMax: null, linkLength: null, hashtagsMax: 30, mentionsMax: 20 },
  images: {
    countMax: 10, isRequired: true, types: ['image/jpeg'], bytesMax: 8_000_000, ratioMin: 0.8, ratioMax: 1.91, altTextLengthMax: 1000,
  },
  // "Reels specifications" of Meta's documentation, read 2026-11-24: pages name 300 MB and 1 GB, the smaller counts.
  videos: {
    countMax: 1, mixesWithImages: false, types: ['video/mp4', 'video/quicktime'], codecs: ['h264', 'hevc'], audioCodecs: ['none', 'aac'], bytesMax: 300_000_000,
    secondsMin: 3, secondsMax: 900, ratioMin: 0.01, ratioMax: 10, frameRateMin: 23, frameRateMax: 60, widthMax: 1920,
  },
  threadPartsMax: 1,
  firstComment: true,
  // The API can delete comments only.
  deletes: false,
  refusesSameText: false,
  price: null,
};

const scopeToPublish = 'instagram_business_content_publish';
const scopeToComment = 'instagram_business_manage_comments';

export const publishScopes = [
  { scope: scopeToPublish, reason: 'To publish your posts' },
  { scope: scopeToComment, reason: 'To post the first comment below your own posts' },
] as const;

export interface InstagramPublisher {
  publish(call: ProviderCall, request: PublishRequest, progress: PublishProgress): Promise<Publication>;
  checkPublication(call: ProviderCall, request: PublishRequest): Promise<Finding>;
  readPublishLimits(call: ProviderCall): Promise<PublishLimits>;
}

export function createInstagramPublisher(http: HttpClient, origin: string): InstagramPublisher {
  const graph = createGraph(http, origin);
  const containers = createContainers(graph);
  return {
    async publish(call, request, progress) {
      requireScopes(call, http.network, [request.isComment ? scopeToComment : scopeToPublish]);
      if (request.isComment) return publishComment(graph, call, { request, progress });
      if (request.images.length === 0 && request.video === null) throw new ProviderError('rejected', 'Instagram takes no post without an image or a video.');
      const publication = await publishMedia(graph, containers, call, { request, progress });
      return { ...publication, url: publication.url ?? await readPermalink(graph, call, publication.externalId) };
    },
    checkPublication: (call, request) =>
      (request.isComment ? lookForComment(graph, call, request) : checkMedia(graph, containers, call, request)),
    readPublishLimits: (call) => readPublishLimits(graph, call),
  };
}

/** What Meta lets this account publish in 24 hours; nothing where it names another span. */
async function readPublishLimits(graph: Graph, call: ProviderCall): Promise<PublishLimits> {
  const reply = await graph.get(call, `/${encodeURIComponent(call.externalId)}/content_publishing_limit`, { fields: 'config,quota_usage' });
  const failure = publishFailureOf(graph.http, reply);
  if (failure !== null) throw failure;
  const [entry] = required(isRecord(reply.json) ? recordsOf(reply.json['data']) : null, graph.http.network, 'a list');
  const config = isRecord(entry?.['config']) ? entry['config'] : null;
  const total = countOf(config, 'quota_total');
  return total === null || total === 0 || countOf(config, 'quota_duration') !== 86_400 ? {} : { postsPerDay: total };
}

interface Attempt {
  readonly request: PublishRequest;
  readonly progress: PublishProgress;
}

async function publishMedia(
  graph: Graph, containers: Containers, call: ProviderCall, { request, progress }: Attempt,
): Promise<Publication> {
  const ready = await containers.prepare(call, request, progress);
  if (ready.publication !== null) return ready.publication;
  const { id } = ready;
  // For the case that this container ends in ERROR: only then does it matter whether it was ever to be published.
  if (request.steps['tried'] !== id) await progress.saveStep('tried', id);
  let isDoubtful = false;
  try {
    return await sendPublicly(graph.http, {
      ...formTo(graph, call, `/${encodeURIComponent(call.externalId)}/media_publish`, { creation_id: id }),
      refusalOf: (reply) => {
        const failure = publishFailureOf(graph.http, reply);
        isDoubtful = failure !== null && !isClearRefusal(reply);
        return failure;
      },
    }, progress);
  } catch (error) {
    if (!isDoubtful || !(error instanceof ProviderError)) throw error;
    return settleDoubtfulRefusal(containers, call, { request, progress, id, refusal: error });
  }
}

/**
 * A refusal that may stand beside a published post. Refused twice, with a look in between that found the container unpublished,
 * it is believed.
 */
async function settleDoubtfulRefusal(
  containers: Containers, call: ProviderCall, doubt: Attempt & { readonly id: string; readonly refusal: ProviderError },
): Promise<Publication> {
  const { request, progress, id, refusal } = doubt;
  await progress.saveStep('refused', id);
  const state = await containers.readState(call, id).catch(() => 'UNKNOWN' as const);
  if (state === 'PUBLISHED') return containers.adopt(call, request);
  if (request.steps['refused'] === id && state !== 'UNKNOWN' && state !== 'IN_PROGRESS') throw refusal;
  throw new ProviderError('unknownOutcome', refusal.message);
}

async function publishComment(graph: Graph, call: ProviderCall, { request, progress }: Attempt): Promise<Publication> {
  const parent = request.replyTo?.parent.externalId;
  if (parent === undefined) throw new ProviderError('rejected', 'A comment needs a post to stand below.');
  return sendPublicly(graph.http, {
    ...formTo(graph, call, `/${encodeURIComponent(parent)}/comments`, { message: request.text }),
    refusalOf: (reply) => {
      const failure = publishFailureOf(graph.http, reply);
      // "Unknown error, try again" says nothing about whether the comment is there.
      return failure?.kind === 'retryable' && !isClearRefusal(reply) ? new ProviderError('unknownOutcome', failure.message) : failure;
    },
  }, progress);
}

function formTo(graph: Graph, call: ProviderCall, path: string, form: Readonly<Record<string, string>>) {
  return {
    url: new URL(`${graph.origin}${path}`), bearer: call.tokens.accessToken, type: 'application/x-www-form-urlencoded',
    body: new URLSearchParams(form).toString(),
    publicationOf: (reply: JsonReply): Publication => ({
      externalId: required(isRecord(reply.json) ? idOf(reply.json['id']) : null, graph.http.network, 'an id'), url: null, ref: {},
    }),
  };
}

/** The post is out: that its address is not told is no failure. */
async function readPermalink(graph: Graph, call: ProviderCall, mediaId: string): Promise<string | null> {
  try {
    const reply = await graph.get(call, `/${encodeURIComponent(mediaId)}`, { fields: 'permalink' });
    const url = isRecord(reply.json) ? textOf(reply.json['permalink']) : null;
    return url !== null && /^https?:\/\//.test(url) ? url : null;
  } catch {
    return null;
  }
}

/** What the container says of itself; its post is then found by caption and time, since the container does not name it. */
async function checkMedia(graph: Graph, containers: Containers, call: ProviderCall, request: PublishRequest): Promise<Finding> {
  const id = request.steps['container'] ?? '';
  if (id === '') return { state: 'absent' };
  const state = await containers.readState(call, id);
  if (state === 'FINISHED' || state === 'EXPIRED') return { state: 'absent' };
  if (state === 'IN_PROGRESS') return { state: 'pending' };
  const found = await lookForMedia(graph, call, request, { isSurelyOut: state === 'PUBLISHED' });
  // Published, or silent about it: that its post is not listed yet proves nothing.
  return state !== 'ERROR' && found.state === 'absent' ? { state: 'pending' } : found;
}
