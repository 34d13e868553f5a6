import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import type { S3Place } from './s3-blobs.ts';

/** For tests: a small S3 server that checks signatures by the published algorithm, and can be told to fail. */

/** `busy`: 503 SlowDown. `cut`: the connection ends half-way through the answer. `drop`: it ends without an answer, after the work. `hang`: nothing comes. */
export type S3Fault = 'busy' | 'cut' | 'drop' | 'hang';

export interface S3Server {
  readonly place: S3Place;
  readonly objects: ReadonlyMap<string, Buffer>;
  /** How many requests came so far. */
  count(): number;
  /** For the next requests, in order; then all goes well. */
  fail(...faults: readonly (S3Fault | null)[]): void;
  close(): Promise<void>;
}

const region = 'eu-test-1';
const keyId = 'AKIDTEST';
const secret = 'a secret of the test';
const bucket = 'images-of-tests';
const pageSize = 2;
const skewMsMax = 900_000;

class Refusal extends Error {
  readonly status: number;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
  }
}

export async function startS3Server(): Promise<S3Server> {
  const objects = new Map<string, Buffer>();
  let faults: (S3Fault | null)[] = [];
  let requests = 0;
  const server: Server = createServer((request, response) => {
    requests += 1;
    void answer({ request, response, objects, fault: faults.shift() ?? null });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    place: { endpoint: `http://127.0.0.1:${port}`, bucket, region, accessKeyId: keyId, secretAccessKey: secret, isPathStyle: true },
    objects, count: () => requests, fail: (...next) => void (faults = [...next]),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly objects: Map<string, Buffer>;
  readonly fault: S3Fault | null;
}

async function answer({ request, response, objects, fault }: Exchange): Promise<void> {
  try {
    const body = await buffer(request);
    if (fault === 'hang') return;
    if (fault === 'busy') throw new Refusal(503, 'SlowDown');
    const url = new URL(request.url ?? '/', 'http://store');
    checkSignature(request, url, body);
    const [, named = '', key = ''] = /^\/([^/]+)\/?(.*)$/.exec(url.pathname) ?? [];
    if (named !== bucket) throw new Refusal(404, 'NoSuchBucket');
    const { status, content } = act(objects, { method: request.method ?? '', key, query: url.searchParams, body, range: request.headers.range ?? '' });
    if (fault === 'drop') {
      request.socket.destroy();
      return;
    }
    response.writeHead(status, { 'content-length': content.length });
    if (fault === 'cut') {
      response.write(content.subarray(0, Math.floor(content.length / 2)), () => request.socket.destroy());
      return;
    }
    response.end(request.method === 'HEAD' ? undefined : content);
  } catch (error) {
    // A connection that breaks while its request is read: nothing is stored and nobody is left to answer.
    if (!(error instanceof Refusal)) return;
    response.writeHead(error.status, { 'content-type': 'application/xml' }).end(request.method === 'HEAD' ? undefined : `<Error><Code>${error.message}</Code></Error>`);
  }
}

interface Asked {
  readonly method: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly range: string;
}

function act(objects: Map<string, Buffer>, { method, key, query, body, range }: Asked): { status: number; content: Buffer } {
  const none = Buffer.alloc(0);
  if (method === 'GET' && key === '') return { status: 200, content: Buffer.from(listing(objects, query)) };
  if (method === 'PUT') objects.set(key, body);
  if (method === 'PUT') return { status: 200, content: none };
  if (method === 'DELETE') {
    objects.delete(key);
    return { status: 204, content: none };
  }
  const found = objects.get(key);
  if (found === undefined) throw new Refusal(404, 'NoSuchKey');
  const [, first = '', last = ''] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
  return first === '' ? { status: 200, content: found } : { status: 206, content: found.subarray(Number(first), Number(last) + 1) };
}

function listing(objects: ReadonlyMap<string, Buffer>, query: URLSearchParams): string {
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter')];
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  const rows = delimiter === null ? keys : [...new Set(keys.map((key) => key.slice(0, key.indexOf('/') + 1)))];
  const from = Number(Buffer.from(query.get('continuation-token') ?? '', 'base64').toString() || '0');
  const page = rows.slice(from, from + pageSize);
  const row = (key: string): string => (delimiter === null
    ? `<Contents><Key>${key}</Key><Size>${objects.get(key)?.length ?? 0}</Size></Contents>` : `<CommonPrefixes><Prefix>${key}</Prefix></CommonPrefixes>`);
  const isTruncated = from + pageSize < rows.length;
  const token = isTruncated ? `<NextContinuationToken>${Buffer.from(String(from + pageSize)).toString('base64')}</NextContinuationToken>` : '';
  return `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${token}${page.map(row).join('')}</ListBucketResult>`;
}

/** "Signature Version 4" of Amazon's documentation, read 2026-11-24, from the side of the server. Throws what S3 answers. */
function checkSignature(request: IncomingMessage, url: URL, body: Buffer): void {
  const header = (name: string): string => String(request.headers[name] ?? '');
  const parts = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/.exec(header('authorization'));
  if (parts === null) throw new Refusal(403, 'AccessDenied');
  const [, id = '', day = '', signedRegion = '', names = '', signature = ''] = parts;
  if (id !== keyId) throw new Refusal(403, 'InvalidAccessKeyId');
  if (signedRegion !== region) throw new Refusal(400, 'AuthorizationHeaderMalformed');
  const [date, hash] = [header('x-amz-date'), header('x-amz-content-sha256')];
  const at = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Number.isNaN(at) || Math.abs(Date.now() - at) > skewMsMax || !date.startsWith(day)) throw new Refusal(403, 'RequestTimeTooSkewed');
  if (!['host', 'x-amz-content-sha256', 'x-amz-date'].every((name) => names.split(';').includes(name))) throw new Refusal(403, 'AccessDenied');
  if (hash !== sha256(body)) throw new Refusal(400, 'XAmzContentSHA256Mismatch');
  const query = [...url.searchParams].map((pair) => pair.map(encode).join('=')).sort().join('&');
  const headers = names.split(';').map((name) => `${name}:${header(name).trim()}\n`).join('');
  const canonical = [request.method, url.pathname, query, headers, names, hash].join('\n');
  const text = ['AWS4-HMAC-SHA256', date, `${day}/${region}/s3/aws4_request`, sha256(canonical)].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce((made: string | Buffer, part) => createHmac('sha256', made).update(part).digest(), `AWS4${secret}`);
  const expected = createHmac('sha256', key).update(text).digest();
  if (!timingSafeEqual(expected, Buffer.from(signature, 'hex'))) throw new Refusal(403, 'SignatureDoesNotMatch');
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
