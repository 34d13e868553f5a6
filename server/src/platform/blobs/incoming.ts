import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../errors.ts';

/** Enough to tell what a file is. */
const headBytes = 32;
const abandonedAfterMs = 86_400_000;

/** A file as somebody sent it, on disk until it has been read. */
export interface IncomingFile {
  readonly path: string;
  /** Whether its first bytes are those of something. */
  isOf(isHead: (head: Uint8Array) => boolean): boolean;
  remove(): Promise<void>;
}

interface Incoming {
  readonly stream: Readable;
  /** Largest that is taken, by what the first bytes say that it is. */
  readonly bytesMaxOf: (head: Uint8Array) => number;
  readonly signal: AbortSignal;
}

/** Writes a stream to a file with a name of ours, readable by this server alone. Nothing stays when it breaks off or is `too-large`. */
export async function receiveIncoming(folder: string, { stream, bytesMaxOf, signal }: Incoming): Promise<IncomingFile> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, randomBytes(16).toString('hex'));
  const remove = (): Promise<void> => rm(path, { force: true });
  let bytes = 0;
  let head = Buffer.alloc(0);
  let bytesMax = Infinity;
  const limit = async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytesMax === Infinity) {
        head = Buffer.concat([head, chunk]);
        if (head.length >= headBytes) bytesMax = bytesMaxOf(head);
      }
      if (bytes > bytesMax) throw new AppError('too-large', `This file is larger than ${Math.floor(bytesMax / 1_048_576)} MB. Make it smaller and send that.`);
      yield chunk;
    }
  };
  try {
    await pipeline(stream, limit, createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal });
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, remove, isOf: (isHead) => isHead(head.subarray(0, headBytes)) };
}

/** Removes what a process left that was killed while it read a file. */
export async function sweepIncoming(folder: string, nowMs: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found?.isFile() === true && found.mtimeMs < nowMs - abandonedAfterMs) await rm(path, { force: true });
  }
}
