import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import { acceptedEncodings } from './compression.ts';
import { pathOf } from './request-target.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** Prepared at build time beside the file; the first that the client takes is sent. */
const precompressed = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

interface Variant {
  readonly encoding: string | null;
  readonly bytes: Buffer;
  readonly etag: string;
}

interface StaticFile {
  readonly type: string;
  readonly cacheControl: string;
  /** In order of preference; the last is the plain file. */
  readonly variants: readonly Variant[];
}

/** The built page, wholly in memory: what is not in the map does not exist, so no path can lead outside. */
export interface StaticFiles {
  readonly files: ReadonlyMap<string, StaticFile>;
  /** Text of `index.html`, for the hashes of its inline scripts. */
  readonly indexHtml: string;
}

/** Reads a build directory; throws when it has no `index.html`. Source maps and hidden files stay out. */
export function loadStaticFiles(directory: string): StaticFiles {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytesByPath = new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(join(directory, '/').length).replaceAll('\\', '/'), readFileSync(path)] as const;
    }),
  );
  const files = new Map<string, StaticFile>();
  for (const [path, bytes] of bytesByPath) {
    const type = types[extname(path)];
    if (type !== undefined && !`/${path}`.includes('/.')) files.set(`/${path}`, describeFile(path, { type, bytes, bytesByPath }));
  }
  const index = bytesByPath.get('index.html');
  if (index === undefined) throw new Error(`${directory} holds no index.html: build the web app first.`);
  return { files, indexHtml: index.toString('utf8') };
}

function describeFile(path: string, found: { type: string; bytes: Buffer; bytesByPath: ReadonlyMap<string, Buffer> }): StaticFile {
  const hash = createHash('sha256').update(found.bytes).digest('base64url').slice(0, 22);
  const variants: Variant[] = [];
  for (const [encoding, suffix] of precompressed) {
    const bytes = found.bytesByPath.get(path + suffix);
    if (bytes !== undefined) variants.push({ encoding, bytes, etag: `"${hash}-${encoding}"` });
  }
  variants.push({ encoding: null, bytes: found.bytes, etag: `"${hash}"` });
  return {
    type: found.type,
    // The build puts a hash of the content into the names below assets/; everything else is asked for again each time.
    cacheControl: path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    variants,
  };
}

/** Answers a file, or the page itself to a browser that opens an address of the app; else throws `not-found`. */
export function serveStatic(files: ReadonlyMap<string, StaticFile>, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = pathOf(request.raw.url ?? '');
  const file = files.get(path === '/' ? '/index.html' : path) ?? (isNavigation(request, path) ? files.get('/index.html') : undefined);
  if (file === undefined) throw new AppError('not-found');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    reply.header('Allow', 'GET, HEAD');
    throw new AppError('method-not-allowed');
  }
  const accepted = acceptedEncodings(request.headers['accept-encoding']);
  const variant = file.variants.find(({ encoding }) => encoding === null || accepted.has(encoding));
  if (variant === undefined) throw new AppError('not-found');
  reply.headers({ 'Cache-Control': file.cacheControl, ETag: variant.etag });
  if (matches(request.headers['if-none-match'], variant.etag)) return reply.code(304).send();
  if (variant.encoding !== null) reply.header('Content-Encoding', variant.encoding);
  return reply.type(file.type).send(variant.bytes);
}

/** A browser opening a page. A segment with a dot is a file: one that is missing is missing, as are `/.git` and `/.env`. */
export function isNavigation(request: FastifyRequest, path: string): boolean {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  return (
    isRead &&
    !isApiPath(path) &&
    !path.startsWith('/assets/') &&
    !path.includes('.') &&
    (request.headers.accept ?? '').includes('text/html')
  );
}

export function isApiPath(path: string): boolean {
  return path === '/api' || path.startsWith('/api/');
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
