import { requestJson, type HttpClient, type JsonReply, type JsonRequest } from '../http-client.ts';
import { countOf, idOf, isRecord, required, textOf, type JsonRecord } from '../json.ts';
import { ProviderError, type ProviderCall, type PublishImage } from '../provider.ts';
import { pause, readImage } from '../publish-steps.ts';
import { failureOf } from './map.ts';

/** Small enough for a slow line to send one within the time limit of a call. */
const segmentBytes = 1_048_576;
const looksMax = 15;

/**
 * Uploads an image and answers its id, ready to be posted within 24 hours. Steps of /2/media/upload: initialize, append,
 * finalize, and STATUS where X says that it still works on it; then the alternative text (X developer documentation, 2026-11-24).
 */
export async function uploadImage(http: HttpClient, origin: string, call: ProviderCall, image: PublishImage): Promise<string> {
  const bytes = await readImage(image);
  const ask = (path: string, more: Pick<JsonRequest, 'method' | 'body' | 'headers'> = {}): Promise<JsonReply> =>
    requestJson(http, { url: new URL(`${origin}${path}`), bearer: call.tokens.accessToken, signal: call.signal, ...more });
  const post = (path: string, body: FormData | JsonRecord): Promise<JsonReply> => ask(path, {
    method: 'POST',
    ...(body instanceof FormData ? { body } : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const begun = dataOf(succeed(http, await post('/2/media/upload/initialize', {
    media_type: image.type, total_bytes: bytes.byteLength, media_category: 'tweet_image',
  })));
  const id = required(idOf(begun['id']), http.network, 'the id of an upload');
  const path = `/2/media/upload/${encodeURIComponent(id)}`;
  for (let index = 0; index * segmentBytes < bytes.byteLength; index += 1) {
    const form = new FormData();
    form.set('segment_index', String(index));
    form.set('media', new Blob([bytes.slice(index * segmentBytes, (index + 1) * segmentBytes)], { type: image.type }), 'image');
    succeed(http, await post(`${path}/append`, form));
  }
  let state = dataOf(succeed(http, await post(`${path}/finalize`, {})));
  for (let look = 0; waitSecondsOf(state) !== null; look += 1) {
    if (look >= looksMax) throw new ProviderError('retryable', 'X is still working on an image.');
    await pause((waitSecondsOf(state) ?? 0) * 1000, call.signal);
    state = dataOf(succeed(http, await ask(`/2/media/upload?${new URLSearchParams({ command: 'STATUS', media_id: id }).toString()}`)));
  }
  if (image.altText !== '') {
    succeed(http, await post('/2/media/metadata', { id, metadata: { alt_text: { text: image.altText } } }));
  }
  return id;
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
  if (word === 'failed') throw new ProviderError('rejected', 'X could not use an image of this post.');
  return Math.min(Math.max(countOf(processing, 'check_after_secs') ?? 1, 1), 10);
}
