import { arrayOf, boolean, integer, literal, nullable, object, string, union, type Static } from '@rookery/contract/schema.ts';
import type { Clock } from '../../platform/clock.ts';
import type { FaultSwitches } from '../simulation/faults.ts';
import type { KeptMap } from '../simulation/kept-map.ts';
import type { PostBook } from '../simulation/post-book.ts';
import { jsonReply, type SimulatedReply } from '../simulation/request.ts';
import { graphError } from './simulator-errors.ts';
import { isJpeg, readJpegSize } from './simulator-jpeg.ts';
import { publishError, type PublishError } from './simulator-publish-errors.ts';

export const containerSchema = object({
  accountId: string(),
  kind: union([literal('image'), literal('carousel'), literal('video')]),
  imageUrl: string(),
  altText: string(),
  caption: string(),
  isCarouselItem: boolean(),
  children: arrayOf(string()),
  /** Epoch milliseconds. */
  createdAt: integer(),
  /** How often somebody has asked for it since. */
  looks: integer(),
  isBroken: boolean(),
  mediaId: nullable(string()),
});

export type Container = Static<typeof containerSchema>;

export interface PublishParts {
  readonly clock: Clock;
  readonly containers: KeptMap<Container>;
  readonly published: PostBook;
  readonly faults: Pick<FaultSwitches, 'videos'>;
}

type Status = 'IN_PROGRESS' | 'FINISHED' | 'ERROR' | 'EXPIRED' | 'PUBLISHED';

export const imageBytesMax = 8_388_608;
/** Of a film. */
const videoBytesMax = 300_000_000;
const ratioMin = 0.8;
const ratioMax = 1.91;
const captionLengthMax = 2200;
const hashtagsMax = 30;
const mentionsMax = 20;
const altTextLengthMax = 1000;
const childrenMin = 2;
const childrenMax = 10;
const expiresAfterMs = 86_400_000;
/** Processed after this time, or once it was asked for, whichever comes first: tests stop the clock. */
const processingMs = 5_000;
const postsPerDay = 100;
const fetchTimeoutMs = 10_000;

function invalidParameter(message: string): SimulatedReply {
  return graphError({ code: 100, message: `(#100) ${message}`, type: 'IGApiException' });
}

/** `POST /{ig-id}/media`: a container, which is nothing public yet. */
export async function createContainer(parts: PublishParts, accountId: string, params: URLSearchParams): Promise<SimulatedReply> {
  const kind = params.get('media_type') ?? 'IMAGE';
  if (kind !== 'IMAGE' && kind !== 'CAROUSEL' && kind !== 'REELS') return invalidParameter(`media_type ${kind} is not simulated`);
  const caption = params.get('caption') ?? '';
  const hashtags = caption.match(/#[\p{L}\p{N}_]+/gu)?.length ?? 0;
  const mentions = caption.match(/(?<![\w.])@[\w.]+/g)?.length ?? 0;
  if ([...caption].length > captionLengthMax || hashtags > hashtagsMax || mentions > mentionsMax) return publishError('longCaption');
  const altText = params.get('alt_text') ?? '';
  if ([...altText].length > altTextLengthMax) return invalidParameter('alt_text is too long');
  const common = { accountId, caption, altText, createdAt: parts.clock.now().getTime(), looks: 0, mediaId: null };
  if (kind === 'CAROUSEL') {
    const children = readChildren(params.get('children') ?? '');
    const refusal = checkChildren(parts, accountId, children);
    if (refusal !== null) return refusal;
    return keep(parts, { ...common, kind: 'carousel', imageUrl: '', isCarouselItem: false, children: [...children], isBroken: false });
  }
  if (kind === 'REELS') {
    const videoUrl = params.get('video_url') ?? '';
    if (videoUrl === '') return invalidParameter('The parameter video_url is required');
    // Meta answers at once and fetches the film while it prepares it.
    const fetched = await fetchFile(videoUrl, { type: /^video\//i, bytesMax: videoBytesMax });
    const isBroken = fetched === null || fetched.toString('latin1', 4, 8) !== 'ftyp';
    return keep(parts, { ...common, kind: 'video', imageUrl: videoUrl, isCarouselItem: false, children: [], isBroken });
  }
  const imageUrl = params.get('image_url');
  if (imageUrl === null || imageUrl === '') return invalidParameter('The parameter image_url is required');
  const fetched = await fetchImage(imageUrl);
  if (typeof fetched === 'string') return publishError(fetched);
  const isCarouselItem = params.get('is_carousel_item') === 'true';
  return keep(parts, { ...common, kind: 'image', imageUrl, isCarouselItem, children: [], isBroken: fetched.isBroken });
}

function keep(parts: PublishParts, container: Container): SimulatedReply {
  const serial = BigInt(parts.containers.entries().length % 10_000);
  const id = String(17_880_000_000_000_000n + BigInt(container.createdAt % 1_000_000_000) * 10_000n + serial);
  parts.containers.set(id, container);
  return jsonReply(200, { id });
}

/** A comma list, or a list in JSON. */
function readChildren(text: string): readonly string[] {
  return text.replaceAll(/[[\]"\s]/g, '').split(',').filter((id) => id !== '');
}

function checkChildren(parts: PublishParts, accountId: string, children: readonly string[]): SimulatedReply | null {
  if (children.length < childrenMin || children.length > childrenMax) return publishError('badChildren');
  for (const id of children) {
    const child = parts.containers.get(id);
    if (child === null || child.accountId !== accountId) return publishError('unknown');
    if (!child.isCarouselItem) return publishError('badChildren');
    if (statusOf(parts, child) === 'EXPIRED') return publishError('expired');
  }
  return null;
}

/** Takes the file as Meta's crawler would, from this machine only. Answers what is wrong with it, or whether it can be decoded. */
async function fetchImage(address: string): Promise<PublishError | { readonly isBroken: boolean }> {
  const bytes = await fetchFile(address, { type: /^image\//i, bytesMax: imageBytesMax });
  if (bytes === null) return 'fetchFailed';
  if (bytes.length > imageBytesMax) return 'tooLarge';
  if (!isJpeg(bytes)) return 'badFormat';
  const size = readJpegSize(bytes);
  if (size === null) return { isBroken: true };
  const ratio = size.width / size.height;
  return ratio >= ratioMin && ratio <= ratioMax ? { isBroken: false } : 'badRatio';
}

interface Wanted {
  readonly type: RegExp;
  readonly bytesMax: number;
}

/** Null for an address elsewhere, and for anything but a file of that type. */
async function fetchFile(address: string, wanted: Wanted): Promise<Buffer | null> {
  const url = URL.parse(address);
  const isLoopback = url !== null && url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  return isLoopback ? readBytes(url, wanted).catch(() => null) : null;
}

async function readBytes(url: URL, { type, bytesMax }: Wanted): Promise<Buffer | null> {
  const response = await fetch(url, { signal: AbortSignal.timeout(fetchTimeoutMs), redirect: 'error' });
  const isWanted = response.ok && type.test(response.headers.get('content-type') ?? '');
  if (!isWanted || response.body === null) {
    await response.body?.cancel();
    return null;
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > bytesMax) break;
  }
  return Buffer.concat(chunks);
}

export function statusOf(parts: PublishParts, container: Container): Status {
  if (container.mediaId !== null) return 'PUBLISHED';
  const ageMs = parts.clock.now().getTime() - container.createdAt;
  if (ageMs >= expiresAfterMs) return 'EXPIRED';
  if (container.looks === 0 && ageMs < processingMs) return 'IN_PROGRESS';
  if (container.isBroken) return 'ERROR';
  if (container.kind === 'video' && parts.faults.videos !== 'ready') return parts.faults.videos === 'failed' ? 'ERROR' : 'IN_PROGRESS';
  const children = container.children.map((id) => parts.containers.get(id)).filter((child) => child !== null);
  const states = children.map((child) => statusOf(parts, child));
  if (states.includes('ERROR')) return 'ERROR';
  return states.every((state) => state === 'FINISHED') ? 'FINISHED' : 'IN_PROGRESS';
}

/** One more look: the next one sees it, and what it holds, processed. */
function look(parts: PublishParts, id: string): void {
  const container = parts.containers.get(id);
  if (container === null) return;
  container.children.forEach((child) => look(parts, child));
  if (container.looks === 0) parts.containers.set(id, { ...container, looks: 1 });
}

const statusWords: Readonly<Record<Status, string>> = {
  IN_PROGRESS: 'In Progress: Media is still being processed.',
  FINISHED: 'Finished: Media has been uploaded and it is ready to be published.',
  ERROR: 'Error: Media upload has failed with error code 2207032',
  EXPIRED: 'Expired: The container was not published within 24 hours and has expired.',
  PUBLISHED: 'Published: Media has been published.',
};

/** `GET /{container-id}`. */
export function showContainer(parts: PublishParts, id: string, fields: readonly string[]): SimulatedReply {
  const container = parts.containers.get(id);
  if (container === null) return publishError('unknown');
  const status = statusOf(parts, container);
  look(parts, id);
  const all = new Map<string, unknown>([['id', id], ['status_code', status], ['status', statusWords[status]]]);
  const unknown = fields.find((field) => !all.has(field));
  if (unknown !== undefined) return invalidParameter(`Tried accessing nonexisting field (${unknown})`);
  return jsonReply(200, Object.fromEntries([...new Set([...fields, 'id'])].map((field) => [field, all.get(field)])));
}

/** Posts of the last 24 hours; a carousel is one, comments are none. */
export function countPublished(parts: PublishParts, accountId: string, since: number): number {
  const own = parts.published.all().filter((post) => !post.isComment && post.accountId === accountId);
  return own.filter((post) => post.createdAt.getTime() > since).length;
}

/** `GET /{ig-id}/content_publishing_limit`. */
export function showPublishingLimit(parts: PublishParts, accountId: string, query: URLSearchParams): SimulatedReply {
  const dayAgo = parts.clock.now().getTime() - expiresAfterMs;
  const since = query.has('since') ? Number(query.get('since')) * 1000 : dayAgo;
  if (Number.isNaN(since) || since < dayAgo - 1000) return invalidParameter('param since must be a unix timestamp no older than 24 hours');
  const all = new Map<string, unknown>([
    ['quota_usage', countPublished(parts, accountId, since)],
    ['config', { quota_total: postsPerDay, quota_duration: expiresAfterMs / 1000 }],
  ]);
  const fields = (query.get('fields') ?? 'quota_usage').split(',').filter((field) => field !== '');
  const unknown = fields.find((field) => !all.has(field));
  if (unknown !== undefined) return invalidParameter(`Tried accessing nonexisting field (${unknown})`);
  return jsonReply(200, { data: [Object.fromEntries(fields.map((field) => [field, all.get(field)]))] });
}

/** `POST /{ig-id}/media_publish`: makes a container public, once. */
export function publishContainer(parts: PublishParts, accountId: string, id: string): SimulatedReply {
  const container = parts.containers.get(id);
  if (container === null || container.accountId !== accountId) return publishError('unknown');
  if (container.isCarouselItem) return publishError('badChildren');
  const status = statusOf(parts, container);
  look(parts, id);
  if (status === 'EXPIRED') return publishError('expired');
  // What Meta says to a container that is out already is not documented: a container that cannot be published (any more) is this.
  if (status !== 'FINISHED') return publishError('notReady');
  const now = parts.clock.now().getTime();
  if (countPublished(parts, accountId, now - expiresAfterMs) >= postsPerDay) return publishError('dailyCap');
  const serial = parts.published.all().length % 10_000;
  const mediaId = String(18_000_000_000_000_000n + BigInt(now % 1_000_000_000_000) * 10_000n + BigInt(serial));
  const pictures = container.kind === 'carousel' ? container.children.map((child) => parts.containers.get(child)) : [container];
  const images = pictures.map((picture) => picture?.altText ?? '');
  parts.containers.set(id, { ...container, mediaId });
  parts.published.add({ id: mediaId, accountId, text: container.caption, images, replyTo: null, isComment: false });
  return jsonReply(200, { id: mediaId });
}
