import { quoteWords, type JsonReply } from '../http-client.ts';
import { countOf, idOf, isRecord, required, textOf } from '../json.ts';
import {
  ProviderError, type ProviderCall, type Publication, type PublishImage, type PublishProgress, type PublishRequest,
} from '../provider.ts';
import { freshStep, pause, stepOf } from '../publish-steps.ts';
import type { Graph } from './graph.ts';
import { errorOf } from './map.ts';
import { lookForMedia } from './own-media.ts';
import { publishFailureOf } from './publish-errors.ts';

/** Meta's states of a container (read 2026-11-24); UNKNOWN where it says that there is none, which it also does by mistake. */
const states = ['IN_PROGRESS', 'FINISHED', 'PUBLISHED', 'ERROR', 'EXPIRED'] as const;
export type ContainerState = (typeof states)[number] | 'UNKNOWN';

/** A container is the draft that Instagram keeps for 24 hours and publishes once. */
export interface Containers {
  /** A container that can be published, from an earlier attempt where there is one; or what has become of it already. */
  prepare(call: ProviderCall, request: PublishRequest, progress: PublishProgress): Promise<Prepared>;
  readState(call: ProviderCall, id: string): Promise<ContainerState>;
  /** The post of a container that says it is published. */
  adopt(call: ProviderCall, request: PublishRequest): Promise<Publication>;
}

type Prepared = { readonly id: string; readonly publication: null } | { readonly publication: Publication };

const network = 'Instagram';
const looksMax = 14;
/** Containers end after 24 hours. */
const childLifeHours = 20;

export function createContainers(graph: Graph): Containers {
  const adopt: Containers['adopt'] = async (call, request) => {
    const found = await lookForMedia(graph, call, request, { isSurelyOut: true }).catch(() => null);
    if (found?.state === 'published') return found.publication;
    throw new ProviderError('unknownOutcome', 'Instagram says that this post is published, but does not show it yet.');
  };
  return {
    adopt,
    readState: async (call, id) => (await readStatus(graph, call, id)).state,
    async prepare(call, request, progress) {
      const kept = request.steps['container'] ?? '';
      const state = kept === '' ? null : (await readStatus(graph, call, kept)).state;
      if (state === 'PUBLISHED') return { publication: await adopt(call, request) };
      if (state === 'ERROR' && request.steps['tried'] === kept) {
        const found = await lookForMedia(graph, call, request, { isSurelyOut: false });
        if (found.state === 'published') return { publication: found.publication };
        if (found.state !== 'absent') throw new ProviderError('unknownOutcome', 'Instagram does not say whether this post is published.');
      }
      const isUsable = state === 'FINISHED' || state === 'IN_PROGRESS' || state === 'UNKNOWN';
      const id = isUsable ? kept : await createContainer(graph, call, { request, progress, isRepeat: state !== null });
      if (!isUsable) await progress.saveStep('container', id);
      const spoilt = state === 'FINISHED' ? null : await waitForContainer(graph, call, id);
      if (spoilt !== null) throw spoiltFailure(spoilt.words);
      return { id, publication: null };
    },
  };
}

async function readStatus(graph: Graph, call: ProviderCall, id: string): Promise<{ state: ContainerState; words: string }> {
  const reply = await graph.get(call, `/${encodeURIComponent(id)}`, { fields: 'status_code,status' });
  if (isMissing(reply)) return { state: 'UNKNOWN', words: '' };
  const failure = publishFailureOf(graph.http, reply);
  if (failure !== null) throw failure;
  const body = isRecord(reply.json) ? reply.json : {};
  const word = textOf(body['status_code']);
  const state = required(states.find((each) => each === word) ?? null, network, 'the state of a prepared post');
  return { state, words: quoteWords(textOf(body['status'])) };
}

/** 100 with subcode 33: "does not exist", which Meta also answers for a while about containers that do (reports, 2026). */
function isMissing(reply: JsonReply): boolean {
  const error = errorOf(reply);
  return countOf(error, 'code') === 100 && countOf(error, 'error_subcode') === 33;
}

/** Waits until a container can be used. Answers null then, and Instagram's words when it has failed. */
async function waitForContainer(graph: Graph, call: ProviderCall, id: string): Promise<{ words: string } | null> {
  for (let look = 0; look < looksMax; look += 1) {
    const { state, words } = await readStatus(graph, call, id);
    if (state === 'FINISHED') return null;
    if (state === 'ERROR' || state === 'EXPIRED') return { words };
    if (state === 'PUBLISHED') throw new ProviderError('unknownOutcome', 'Instagram says that this post is published already.');
    await pause(Math.min(250 * 2 ** look, 10_000), call.signal);
  }
  throw new ProviderError('processing', 'Instagram is still preparing this post.');
}

/** The next attempt makes a new container. */
const spoiltFailure = (words: string): ProviderError => new ProviderError('retryable', `Instagram could not prepare this post.${words}`);

interface Making {
  readonly request: PublishRequest;
  readonly progress: PublishProgress;
  /** A container of this post has failed or expired, and with it what it was made of. */
  readonly isRepeat: boolean;
}

async function createContainer(graph: Graph, call: ProviderCall, making: Making): Promise<string> {
  const { request } = making;
  const [image, ...more] = request.images;
  const caption: Record<string, string> = request.text === '' ? {} : { caption: request.text };
  if (request.video !== null) return create(graph, call, { media_type: 'REELS', video_url: await request.video.publicUrl(), share_to_feed: 'true', ...caption });
  if (image !== undefined && more.length === 0) return create(graph, call, { ...(await imageForm(image)), ...caption });
  const children = await createChildren(graph, call, making);
  return create(graph, call, { media_type: 'CAROUSEL', children: children.join(','), ...caption });
}

async function createChildren(graph: Graph, call: ProviderCall, { request, progress, isRepeat }: Making): Promise<readonly string[]> {
  const children: { id: string; step: string }[] = [];
  for (const [index, image] of request.images.entries()) {
    const step = `child ${index} ${image.mediaId}`;
    const kept = isRepeat ? null : freshStep(request, step, { clock: graph.http.clock, lifeHours: childLifeHours });
    const id = kept ?? await create(graph, call, { ...(await imageForm(image)), is_carousel_item: 'true' });
    if (kept === null) await progress.saveStep(step, stepOf(id, graph.http.clock));
    children.push({ id, step });
  }
  for (const { id, step } of children) {
    const spoilt = await waitForContainer(graph, call, id);
    if (spoilt === null) continue;
    await progress.saveStep(step, '');
    throw spoiltFailure(spoilt.words);
  }
  return children.map(({ id }) => id);
}

/** Meta fetches the file itself. */
async function imageForm(image: PublishImage): Promise<Record<string, string>> {
  return { image_url: await image.publicUrl(), ...(image.altText === '' ? {} : { alt_text: image.altText }) };
}

async function create(graph: Graph, call: ProviderCall, form: Readonly<Record<string, string>>): Promise<string> {
  const body = await graph.post(call, `/${encodeURIComponent(call.externalId)}/media`, form);
  return required(idOf(body['id']), network, 'the id of a prepared post');
}
