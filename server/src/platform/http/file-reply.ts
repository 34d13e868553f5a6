import { Readable } from 'node:stream';
import type { Endpoint } from '@rookery/contract/endpoint.ts';
import type { FastifyReply } from 'fastify';
import type { FileReply } from './route.ts';

/** Whatever the bytes are, opened by themselves they run nothing and load nothing. */
const sandbox = "default-src 'none'; sandbox; frame-ancestors 'none'";
const yearSeconds = 31_536_000;

/** Sends what a `file` endpoint answered, piece by piece. */
export function sendFile(reply: FastifyReply, endpoint: Endpoint, result: unknown): FastifyReply {
  const file = asFileReply(result);
  if (endpoint.fileTypes?.includes(file.type) !== true) {
    file.stream.destroy();
    throw new Error(`${endpoint.id} answers ${file.type}, which is none of its fileTypes.`);
  }
  if (file.bytes !== null) reply.header('Content-Length', file.bytes);
  if (file.takesRanges === true) reply.header('Accept-Ranges', 'bytes');
  if (file.part !== undefined) reply.code(206).header('Content-Range', `bytes ${file.part.first}-${file.part.last}/${file.part.of}`);
  reply.headers({
    'Content-Type': file.type,
    'Content-Disposition': disposition(file.saveAs),
    'Content-Security-Policy': sandbox,
    'Cache-Control': file.isImmutable ? `private, max-age=${yearSeconds}, immutable` : 'no-store',
  });
  return reply.send(file.stream);
}

/** RFC 6266: a plain name for old clients, and the full one in UTF-8. No byte of it can end the header or leave a folder. */
function disposition(saveAs: string | null): string {
  if (saveAs === null) return 'inline';
  const name = saveAs.toWellFormed().replaceAll(/[\\/\p{C}]/gu, '_');
  const plain = name.replaceAll(/[^\x20-\x7e]|["%]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

// Guarantee: the members are there with their types; `route()` in route.ts lets nothing else stand behind a `file` endpoint.
function asFileReply(result: unknown): FileReply {
  if (typeof result !== 'object' || result === null || !('stream' in result) || !(result.stream instanceof Readable)) {
    throw new Error('A file endpoint must answer a file.');
  }
  return result as FileReply;
}
