import { requestJson, type HttpClient, type JsonReply, type JsonRequest } from '../http-client.ts';
import { countOf, idOf, isRecord, required, textOf, type JsonRecord } from '../json.ts';
import { ProviderError, type ProviderCall, type PublishImage, type PublishVideo } from '../provider.ts';
import { pause, readImage, readPiece } from '../publish-steps.ts';
import { failureOf } from './map.ts';

/** Small enough for a slow line to send one within the time limit of a call. */
const segmentBytes = 1_048_576;
const looksMax = 15;

/** What is uploaded: its pieces are read as they are sent. */
interface Upload {
  readonly type: string;
  readonly category: 'tweet_image' | 'tweet_video';
  readonly bytes: number;
  readPiece(first: number, last: number): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Uploads an image and answers its id, ready to be posted within 24 hours. Steps of /2/media/upload: initialize, append,
 * finalize, and STATUS where X says that it still works on it; then the alternative text (X developer documentation, 2026-11-24).
 */
export async function uploadImage(http: HttpClient, origin: string, call: ProviderCall, image: PublishImage): Promise<string> {
  const bytes = await readImage(image);
  const ask = asker(http, origin, call);
  const piece = (first: number, last: number): Promise<Uint8Array<ArrayBuffer>> => Promise.resolve(bytes.slice(first, last + 1));
  const { id, state } = await upload(http, ask, { type: image.type, category: 'tweet_image', bytes: bytes.byteLength, readPiece: piece });
  await waitForUpload(http, ask, id, state);
  if (image.altText !== '') {
    succeed(http, await post(ask, '/2/media/metadata', { id, metadata: { alt_text: { text: image.altText } } }));
  }
  return id;
}

/** Uploads a video and answers its id, with what X says of it then; X prepares it from here on. It takes no description of a video. */
export async function uploadVideo(http: HttpClient, origin: string, call: ProviderCall, video: PublishVideo): Promise<{ id: string; state: JsonRecord }> {
  return upload(http, asker(http, origin, call), {
    type: video.type, category: 'tweet_video', bytes: video.bytes, readPiece: (first, last) => readPiece(video, first, last),
  });
}

/** Waits until X has prepared a video; `state` is what it has said last, null where it is to be asked. Throws `processing` while it is at it, `rejected` when it cannot. */
export async function waitForVideo(http: HttpClient, origin: string, call: ProviderCall, video: { id: string; state: JsonRecord | null }): Promise<void> {
  const ask = asker(http, origin, call);
  await waitForUpload(http, ask, video.id, video.state ?? await readState(http, ask, video.id));
}

interface Ask {
  (path: string, more?: Pick<JsonRequest, 'method' | 'body' | 'headers'>): Promise<JsonReply>;
  readonly signal: AbortSignal;
}

function asker(http: HttpClient, origin: string, call: ProviderCall): Ask {
  const { signal } = call;
  const ask = (path: string, more: Parameters<Ask>[1] = {}): Promise<JsonReply> =>
    requestJson(http, { url: new URL(`${origin}${path}`), bearer: call.tokens.accessToken, signal, ...more });
  return Object.assign(ask, { signal });
}

function post(ask: Ask, path: string, body: FormData | JsonRecord): Promise<JsonReply> {
  return ask(path, {
    method: 'POST',
    ...(body instanceof FormData ? { body } : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
}

async function upload(http: HttpClient, ask: Ask, { type, category, bytes, readPiece: read }: Upload): Promise<{ id: string; state: JsonRecord }> {
  const begun = dataOf(succeed(http, await post(ask, '/2/media/upload/initialize', { media_type: type, total_bytes: bytes, media_category: category })));
  const id = required(idOf(begun['id']), http.network, 'the id of an upload');
  const path = `/2/media/upload/${encodeURIComponent(id)}`;
  for (let index = 0; index * segmentBytes < bytes; index += 1) {
    const first = index * segmentBytes;
    const form = new FormData();
    form.set('segment_index', String(index));
    form.set('media', new Blob([await read(first, Math.min(first + segmentBytes, bytes) - 1)], { type }), 'media');
    succeed(http, await post(ask, `${path}/append`, form));
  }
  return { id, state: dataOf(succeed(http, await post(ask, `${path}/finalize`, {}))) };
}

async function readState(http: HttpClient, ask: Ask, id: string): Promise<JsonRecord> {
  return dataOf(succeed(http, await ask(`/2/media/upload?${new URLSearchParams({ command: 'STATUS', media_id: id }).toString()}`)));
}

async function waitForUpload(http: HttpClient, ask: Ask, id: string, first: JsonRecord): Promise<void> {
  let state = first;
  for (let look = 0; waitSecondsOf(state) !== null; look += 1) {
    if (look >= looksMax) throw new ProviderError('processing', 'X is still preparing what was uploaded.');
    await pause((waitSecondsOf(state) ?? 0) * 1000, ask.signal);
    state = await readState(http, ask, id);
  }
}

function succeed(http: HttpClient, reply: JsonReply): JsonReply {
  const failure = failureOf(http, reply);
  if (failure !== null) throw failure;
  return reply;
}

function dataOf(reply: JsonReply): JsonRecord {
  const body = isRecord(reply.json) ? reply.json : {};
  return required(isRecord(body['data']) ? body['data'] : null, 'X', 'data about an upload');
}

/** Seconds until the next look; null when the image is ready. */
function waitSecondsOf(state: JsonRecord): number | null {
  const processing = isRecord(state['processing_info']) ? state['processing_info'] : null;
  const word = textOf(processing?.['state']);
  if (word === null || word === 'succeeded') return null;
  if (word === 'failed') throw new ProviderError('rejected', 'X could not use a file of this post. Export it anew and try again.');
  return Math.min(Math.max(countOf(processing, 'check_after_secs') ?? 1, 1), 10);
}
