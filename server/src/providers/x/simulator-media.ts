import { integer, literal, nullable, object, record, string, union, type Static } from '@rookery/contract/schema.ts';
import { openKeptMap, type KeptMap } from '../simulation/kept-map.ts';
import { jsonReply, readJson, readMultipart, type SimulatedReply, type SimulatedRequest } from '../simulation/request.ts';
import type { SimulatedGrant } from '../simulation/grant-book.ts';
import type { VideoWork } from '../simulation/world.ts';
import { invalidRequest, problem, type Operation, type XApiOptions } from './simulator-operations.ts';
import { readObject, toText } from './simulator-parameters.ts';

const mediaSchema = object({
  accountId: string(),
  type: string(),
  category: string(),
  totalBytes: integer(),
  /** Bytes of each segment by its index. */
  segments: record(string(), integer()),
  /** The first bytes of the file, in hexadecimal. */
  head: string(),
  altText: string(),
  state: union([literal('open'), literal('pending'), literal('in_progress'), literal('succeeded'), literal('failed')]),
  /** Epoch milliseconds until which a post may use it. */
  usableUntil: nullable(integer()),
});

export type UploadedMedia = Static<typeof mediaSchema>;

// Lifetimes as the guide "Chunked media upload" shows them in its answers; sizes as its "Best practices" (docs.x.com, read 2026-11-24).
const openSeconds = 1_295_999;
const usableSeconds = 86_400;
const bytesMax: Readonly<Record<string, number>> = { tweet_image: 5_242_880, tweet_gif: 15_728_640, tweet_video: 536_870_912 };
const segmentBytesMax = 5_242_880;
const altTextLengthMax = 1000;
const heads: Readonly<Record<string, RegExp>> = {
  'image/jpeg': /^ffd8ff/, 'image/png': /^89504e470d0a1a0a/, 'image/gif': /^47494638/, 'image/webp': /^52494646.{8}57454250/,
  'video/mp4': /^.{8}66747970/, 'video/quicktime': /^.{8}66747970/,
};
const keyPrefixes: Readonly<Record<string, string>> = { tweet_gif: '16', tweet_video: '7', amplify_video: '13' };

export interface MediaShelf {
  /** What a post may carry now; null for an id that is unknown, of someone else, unfinished or too old. */
  usable(id: string, accountId: string): UploadedMedia | null;
  keyOf(id: string): string;
  altTextOf(id: string): string;
}

interface Parts {
  readonly media: KeptMap<UploadedMedia>;
  now(): number;
  videos(): VideoWork;
}

type Answer = (parts: Parts, request: SimulatedRequest, grant: SimulatedGrant) => SimulatedReply | Promise<SimulatedReply>;

/** Uploads in three steps, alt texts, and what posts may use of it all. */
export function xMedia(options: XApiOptions & { stateFile: string | null }): {
  readonly operations: readonly Operation[];
  readonly shelf: MediaShelf;
} {
  const media = openKeptMap(options.stateFile, 'x-media', mediaSchema);
  const parts: Parts = { media, now: () => options.clock.now().getTime(), videos: () => options.faults.videos };
  const operation = (name: string, path: string, limit: number, answer: Answer): Operation => ({
    name, method: 'POST', path, scopes: ['media.write'], limit, parameters: [],
    answer: (request, grant) => answer(parts, request, grant),
  });
  return {
    operations: [
      operation('media.initialize', '/2/media/upload/initialize', 1875, initialize),
      operation('media.append', '/2/media/upload/:id/append', 1875, append),
      operation('media.finalize', '/2/media/upload/:id/finalize', 1875, finalize),
      operation('media.metadata', '/2/media/metadata', 500, describe),
      { ...operation('media.status', '/2/media/upload', 1000, tellStatus), method: 'GET', parameters: ['command', 'media_id'] },
    ],
    shelf: {
      usable: (id, accountId) => {
        const found = media.get(id);
        if (found === null || found.accountId !== accountId || found.state !== 'succeeded') return null;
        return (found.usableUntil ?? 0) > parts.now() ? found : null;
      },
      keyOf: (id) => keyOf(id, media.get(id)?.category ?? ''),
      altTextOf: (id) => media.get(id)?.altText ?? '',
    },
  };
}

function keyOf(id: string, category: string): string {
  return `${keyPrefixes[category] ?? '3'}_${id}`;
}

function findOwn(parts: Parts, id: string, grant: SimulatedGrant): UploadedMedia | null {
  const found = parts.media.get(id);
  return found?.accountId === grant.accountId ? found : null;
}

function finalize(parts: Parts, request: SimulatedRequest, grant: SimulatedGrant): SimulatedReply {
  const id = request.params['id'] ?? '';
  const found = findOwn(parts, id, grant);
  if (found === null) return unknownMedia(id);
  if (found.state !== 'open') return showMedia(parts, id, found);
  const refusal = checkWhole(found);
  if (refusal !== null) return invalidRequest(refusal, { id: [id] });
  // Pictures are ready at once; what moves is transcoded first.
  const state = found.category === 'tweet_image' ? 'succeeded' : 'pending';
  const done: UploadedMedia = { ...found, state, usableUntil: parts.now() + usableSeconds * 1000 };
  parts.media.set(id, done);
  return showMedia(parts, id, done);
}

function tellStatus(parts: Parts, request: SimulatedRequest, grant: SimulatedGrant): SimulatedReply {
  const id = request.query.get('media_id') ?? '';
  const found = findOwn(parts, id, grant);
  if (request.query.get('command') !== 'STATUS') return invalidRequest('The `command` query parameter must be STATUS');
  if (found === null || found.state === 'open') return unknownMedia(id);
  // Each look sees it one step further, whatever the clock says.
  const ends = { ready: 'succeeded', working: 'in_progress', failed: 'failed' } as const;
  const isOver = found.state === 'succeeded' || found.state === 'failed';
  const next: UploadedMedia = { ...found, state: isOver ? found.state : found.state === 'pending' ? 'in_progress' : ends[parts.videos()] };
  parts.media.set(id, next);
  return showMedia(parts, id, next);
}

function describe(parts: Parts, request: SimulatedRequest, grant: SimulatedGrant): SimulatedReply {
  const body = readObject(readJson(request));
  const id = toText(body['id']);
  const text = toText(readObject(readObject(body['metadata'])['alt_text'])['text']);
  const found = findOwn(parts, id, grant);
  if (found === null) return unknownMedia(id);
  if (text.length > altTextLengthMax) {
    return invalidRequest(`$.metadata.alt_text.text: must be at most ${altTextLengthMax} characters long`);
  }
  parts.media.set(id, { ...found, altText: text });
  return jsonReply(200, { data: { id, associated_metadata: { alt_text: { text } } } });
}

function unknownMedia(id: string): SimulatedReply {
  return invalidRequest(`The media id [${id}] is not valid or has expired.`, { media_id: [id] });
}

function initialize(parts: Parts, request: SimulatedRequest, grant: SimulatedGrant): SimulatedReply {
  const body = readObject(readJson(request));
  const { media_type: type, total_bytes: totalBytes, media_category: category = 'tweet_image' } = body;
  if (typeof type !== 'string' || !/^(image|video)\/[a-z0-9.+-]+$/.test(type)) {
    return invalidRequest('$.media_type: does not have a value in the enumeration');
  }
  if (typeof category !== 'string' || bytesMax[category] === undefined) {
    return invalidRequest('$.media_category: does not have a value in the enumeration');
  }
  if (typeof totalBytes !== 'number' || !Number.isInteger(totalBytes) || totalBytes < 1) {
    return invalidRequest('$.total_bytes: must have a minimum value of 1');
  }
  const most = bytesMax[category] ?? 0;
  if (totalBytes > most) return invalidRequest(`File size exceeds ${most} bytes.`, { total_bytes: [String(totalBytes)] });
  const id = String(1_800_000_000_000_000_000n + BigInt(parts.now()) * 1000n + BigInt(parts.media.entries().length % 1000));
  parts.media.set(id, {
    accountId: grant.accountId, type, category, totalBytes, segments: {}, head: '', altText: '', state: 'open', usableUntil: null,
  });
  return jsonReply(200, { data: { id, media_key: keyOf(id, category), expires_after_secs: openSeconds } });
}

/** The piece of the file and its place, from a multipart form or from JSON with base64. */
async function readSegment(request: SimulatedRequest): Promise<{ readonly index: string; readonly bytes: Buffer | null }> {
  if (!/^multipart\//i.test(request.headers['content-type'] ?? '')) {
    const body = readObject(readJson(request));
    const index = body['segment_index'];
    const bytes = typeof body['media'] === 'string' ? Buffer.from(body['media'], 'base64') : null;
    return { index: typeof index === 'number' ? String(index) : '', bytes };
  }
  const { fields, files } = await readMultipart(request);
  return { index: fields.get('segment_index') ?? '', bytes: files.get('media')?.bytes ?? null };
}

async function append(parts: Parts, request: SimulatedRequest, grant: SimulatedGrant): Promise<SimulatedReply> {
  const id = request.params['id'] ?? '';
  const found = findOwn(parts, id, grant);
  if (found?.state !== 'open') return unknownMedia(id);
  const { index, bytes } = await readSegment(request);
  if (!/^\d{1,3}$/.test(index)) return invalidRequest('segment_index must be between 0 and 999', { segment_index: [index] });
  if (bytes === null || bytes.length === 0) return invalidRequest('media parameter is missing.');
  if (bytes.length > segmentBytesMax) return problem(413);
  const head = Number(index) === 0 ? bytes.subarray(0, 16).toString('hex') : found.head;
  parts.media.set(id, { ...found, head, segments: { ...found.segments, [String(Number(index))]: bytes.length } });
  return jsonReply(200, { data: { expires_at: Math.floor(parts.now() / 1000) + openSeconds } });
}

/** What is wrong with the uploaded file, or null. */
function checkWhole(found: UploadedMedia): string | null {
  const sizes = Object.values(found.segments);
  const hasGap = sizes.some((_, index) => found.segments[String(index)] === undefined);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (hasGap || total !== found.totalBytes) return 'Segments do not add up to provided total file size.';
  return heads[found.type]?.test(found.head) === false ? 'media type unrecognized.' : null;
}

function showMedia(parts: Parts, id: string, found: UploadedMedia): SimulatedReply {
  const progress = {
    open: {},
    pending: { check_after_secs: 1 },
    in_progress: { check_after_secs: 1, progress_percent: 50 },
    succeeded: { progress_percent: 100 },
    failed: { error: { code: 1, name: 'InvalidMedia', message: 'Unsupported video format' } },
  }[found.state];
  const hasProcessing = found.category !== 'tweet_image';
  return jsonReply(200, {
    data: {
      id,
      media_key: keyOf(id, found.category),
      size: found.totalBytes,
      expires_after_secs: Math.max(0, Math.floor(((found.usableUntil ?? 0) - parts.now()) / 1000)),
      ...(hasProcessing && { processing_info: { state: found.state, ...progress } }),
    },
  });
}
