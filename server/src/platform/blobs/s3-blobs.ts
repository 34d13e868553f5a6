import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import { AppError } from '../errors.ts';
import { checkKey, isKey, type Blobs, type ByteRange, type StoredBlob } from './blobs.ts';

/** A bucket, and who may use it. */
export interface S3Place {
  readonly bucket: string;
  /** Without the bucket: `https://s3.eu-central-1.amazonaws.com`. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The bucket stands in the path, not before the host name. */
  readonly isPathStyle: boolean;
}

export interface S3Timing {
  /** Of one try, its body included. */
  readonly timeoutMs: number;
  /** Doubled with every try. */
  readonly pauseMs: number;
}

interface S3Call {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | FileBody;
  readonly range?: ByteRange;
}

/** A file that is sent as it is read. */
interface FileBody {
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 in hexadecimal. */
  readonly hash: string;
}

/** Slower than this, a line is broken: 128 kB a second. */
const bytesPerMsLeast = 128;
const usualTiming: S3Timing = { timeoutMs: 60_000, pauseMs: 200 };
const triesMax = 4;
const pageSize = '1000';

/** What the store answered, where it is not what was asked for. */
export class S3Refusal extends Error {
  readonly status: number;
  /** As S3 names it: `NoSuchBucket`; empty where the answer had no body. */
  readonly code: string;

  constructor(status: number, code: string) {
    super(`The S3 store answered ${status}${code === '' ? '' : ` ${code}`}.`);
    this.name = 'S3Refusal';
    this.status = status;
    this.code = code;
  }
}

/**
 * Blobs in an S3 bucket. A put is one signed request that states the length and the hash of the bytes, so the store has all of
 * them or nothing. Each call is one that may be repeated: what is busy (500, 503) or breaks off is tried four times, then `unavailable`.
 */
export function createS3Blobs(place: S3Place, timing: S3Timing = usualTiming): Blobs {
  const call = createCaller(place, timing);
  return {
    put: async (key, bytes) => {
      checkKey(key);
      await drain(await call({ method: 'PUT', key, body: bytes }));
    },
    putFile: async (key, path) => {
      checkKey(key);
      await drain(await call({ method: 'PUT', key, body: await describeFile(path) }));
    },
    get: async (key, range) => {
      checkKey(key);
      const response = await orNull(call({ method: 'GET', key, ...(range === undefined ? {} : { range }) }));
      return response === null ? null : streamOf(response);
    },
    stat: async (key) => {
      checkKey(key);
      const response = await orNull(call({ method: 'HEAD', key }));
      return response === null ? null : { bytes: Number(response.headers.get('content-length') ?? 0) };
    },
    delete: async (key) => {
      checkKey(key);
      const response = await orNull(call({ method: 'DELETE', key }));
      if (response !== null) await drain(response);
    },
    list: (firstName) => {
      checkKey(firstName);
      return listContents(call, `${firstName}/`);
    },
    firstNames: () => listFirstNames(call),
  };
}

type Caller = (request: S3Call) => Promise<Response>;

function createCaller(place: S3Place, { timeoutMs, pauseMs }: S3Timing): Caller {
  const { accessKeyId, secretAccessKey, region } = place;
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3' });
  const base = place.isPathStyle ? `${place.endpoint}/${place.bucket}` : place.endpoint.replace('://', `://${place.bucket}.`);
  const send = async ({ method, key = '', query = {}, body, range }: S3Call): Promise<Response> => {
    const search = new URLSearchParams(query).toString();
    const isFile = body !== undefined && 'path' in body;
    const hash = isFile ? body.hash : createHash('sha256').update(body ?? '').digest('hex');
    const headers = { 'X-Amz-Content-Sha256': hash, ...(range === undefined ? {} : { range: `bytes=${range.first}-${range.last}` }) };
    // Signed anew for every try: a signature is good for a few minutes.
    const signed = await client.sign(`${base}/${key}${search === '' ? '' : `?${search}`}`, {
      method, headers, ...(body === undefined || isFile ? {} : { body: asBody(body) }),
    });
    const moving = (isFile ? body.bytes : range === undefined ? 0 : range.last - range.first + 1) / bytesPerMsLeast;
    const init: RequestInit = { signal: AbortSignal.timeout(Math.ceil(timeoutMs + moving)), redirect: 'manual' };
    const response = await (isFile ? fetch(signed.url, { ...init, ...streamingOf(signed, method, body) }) : fetch(signed, init));
    if (response.ok) return response;
    const text = await response.text();
    throw new S3Refusal(response.status, /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? '');
  };
  return async (request) => {
    for (let tried = 1; ; tried += 1) {
      try {
        return await send(request);
      } catch (error) {
        if (!isPassing(error)) throw error;
        if (tried === triesMax) throw new AppError('unavailable', 'The store of the images does not answer. Try again in a minute.', { cause: error });
        await pause(pauseMs * 2 ** tried * (0.5 + Math.random() / 2));
      }
    }
  };
}

/** Request and length as they were signed, with the file as the body: its hash, which was signed, says what it must be. */
function streamingOf(signed: Request, method: string, { path, bytes }: FileBody): RequestInit & { duplex: 'half' } {
  const headers = new Headers(signed.headers);
  headers.set('content-length', String(bytes));
  return { method, headers, body: Readable.toWeb(createReadStream(path)), duplex: 'half' };
}

async function describeFile(path: string): Promise<FileBody> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    const piece: Buffer = chunk;
    hash.update(piece);
    bytes += piece.length;
  }
  return { path, bytes, hash: hash.digest('hex') };
}

// Guarantee: our bytes are never in memory that is shared between threads, which is what the narrower type asks for.
function asBody(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}

/** The store is busy, the connection broke or the time was over: the same again may work. */
function isPassing(error: unknown): boolean {
  return !(error instanceof S3Refusal) || error.status === 429 || error.status >= 500;
}

async function orNull(call: Promise<Response>): Promise<Response | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof S3Refusal && error.status === 404 && error.code !== 'NoSuchBucket') return null;
    throw error;
  }
}

async function drain(response: Response): Promise<void> {
  await response.arrayBuffer();
}

/** The body as it comes: nothing is held but what is on its way. */
async function* chunksOf(response: Response): AsyncGenerator<Uint8Array> {
  if (response.body !== null) yield* response.body;
}

function streamOf(response: Response): Readable {
  return Readable.from(chunksOf(response), { objectMode: false });
}

async function* listContents(call: Caller, prefix: string): AsyncGenerator<StoredBlob> {
  for await (const page of listPages(call, { prefix })) {
    for (const [, content = ''] of page.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
      const key = tag(content, 'Key');
      if (isKey(key)) yield { key, bytes: Number(tag(content, 'Size')) };
    }
  }
}

async function* listFirstNames(call: Caller): AsyncGenerator<string> {
  for await (const page of listPages(call, { delimiter: '/' })) {
    for (const [, prefix = ''] of page.matchAll(/<CommonPrefixes>(.*?)<\/CommonPrefixes>/gs)) {
      const name = tag(prefix, 'Prefix').replace(/\/$/, '');
      if (isKey(name)) yield name;
    }
  }
}

async function* listPages(call: Caller, query: Readonly<Record<string, string>>): AsyncGenerator<string> {
  let token: string | null = '';
  while (token !== null) {
    const response = await call({ method: 'GET', query: { 'list-type': '2', 'max-keys': pageSize, ...query, ...(token === '' ? {} : { 'continuation-token': token }) } });
    const page = await response.text();
    yield page;
    const next = tag(page, 'NextContinuationToken');
    token = tag(page, 'IsTruncated') === 'true' && next !== '' ? next : null;
  }
}

/** Our keys have no character that XML would write otherwise; of the rest only tokens may. */
function tag(xml: string, name: string): string {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';
  return text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
