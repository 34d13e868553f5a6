import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Blobs } from '../../platform/blobs/blobs.ts';
import type { Config } from '../../platform/config/config.ts';
import { AppError } from '../../platform/errors.ts';

/** Where uploads lie while they are read. */
export function incomingFolder(config: Config): string {
  return join(config.dataDirectory, 'incoming');
}

/** A key that nobody can guess, and that says nothing about what it is for. */
export function createKey(workspaceId: string, mediaId: string): string {
  return `${workspaceId}/${mediaId}/${randomBytes(16).toString('hex')}`;
}

export async function readBlob(blobs: Blobs, key: string): Promise<Buffer> {
  const stream = await blobs.get(key);
  if (stream === null) throw new AppError('not-found', 'The file of this image is missing on the server. Delete the image and send it again.');
  return buffer(stream);
}

/** What is to be stored: bytes, or a file on this disk. */
type StoredFile = { readonly key: string; readonly data: Uint8Array } | { readonly key: string; readonly path: string };

/** Stores several files and then does the work that makes them known; when that fails, none of them stays. */
export async function storing<Result>(blobs: Blobs, files: readonly StoredFile[], work: () => Promise<Result>): Promise<Result> {
  try {
    for (const file of files) await ('path' in file ? blobs.putFile(file.key, file.path) : blobs.put(file.key, file.data));
    return await work();
  } catch (error) {
    for (const { key } of files) await blobs.delete(key);
    throw error;
  }
}
