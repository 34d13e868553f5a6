import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A request as a route sees it. */
export interface SimulatedRequest {
  readonly method: string;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface SimulatedReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
}

/** Bad input that a route answers in its own form; `status` is a suggestion. */
export class BodyError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'BodyError';
    this.status = status;
  }
}

export function jsonReply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): SimulatedReply {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body: JSON.stringify(body) };
}

/** 303 by default, so that a form's POST becomes a GET. */
export function redirectReply(location: string, status = 303): SimulatedReply {
  return { status, headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' } };
}

/** Reads the whole body; past `bytesMax` it stops and throws `BodyError` 413. */
export async function readBody(message: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    const piece = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    bytes += piece.length;
    if (bytes > bytesMax) throw new BodyError(413, `The body is larger than ${bytesMax} bytes.`);
    chunks.push(piece);
  }
  return Buffer.concat(chunks);
}

/** The text fields of a urlencoded or multipart form. Other content types throw `BodyError` 415. */
export async function readForm(request: SimulatedRequest): Promise<URLSearchParams> {
  const type = request.headers['content-type'] ?? '';
  if (/^application\/x-www-form-urlencoded\b/i.test(type)) return new URLSearchParams(request.body.toString('utf8'));
  return (await readMultipart(request)).fields;
}

/** A file of a multipart form. */
export interface SentFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

/** A multipart form: text fields, and files by field name. Other content types throw `BodyError` 415. */
export async function readMultipart(request: SimulatedRequest): Promise<{ fields: URLSearchParams; files: Map<string, SentFile> }> {
  const type = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\b/i.test(type)) throw new BodyError(415, 'Send a form: urlencoded or multipart.');
  const fields = new URLSearchParams();
  const files = new Map<string, SentFile>();
  try {
    const form = await new Response(new Uint8Array(request.body), { headers: { 'content-type': type } }).formData();
    for (const [name, value] of form) {
      if (typeof value === 'string') fields.append(name, value);
      else files.set(name, { name: value.name, type: value.type, bytes: Buffer.from(await value.arrayBuffer()) });
    }
  } catch {
    throw new BodyError(400, 'The multipart form cannot be read.');
  }
  return { fields, files };
}

/** The JSON value of the body. Another content type or broken JSON throws `BodyError`. */
export function readJson(request: SimulatedRequest): unknown {
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(request.headers['content-type'] ?? '')) throw new BodyError(415, 'Send JSON.');
  try {
    return JSON.parse(request.body.toString('utf8'));
  } catch {
    throw new BodyError(400, 'The body is not JSON.');
  }
}

/** The token of `Authorization: Bearer …`, or null. */
export function bearerOf(request: SimulatedRequest): string | null {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

/** Name and password of `Authorization: Basic …`, form-decoded as RFC 6749 2.3.1 asks, or null. */
export function basicOf(request: SimulatedRequest): { readonly name: string; readonly password: string } | null {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return null;
  const decode = (part: string): string => new URLSearchParams(`v=${part}`).get('v') ?? '';
  return { name: decode(text.slice(0, colon)), password: decode(text.slice(colon + 1)) };
}
