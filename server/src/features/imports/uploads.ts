import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../platform/errors.ts';
import { createId } from '../../platform/id.ts';
import type { WorkspaceContext } from '../context.ts';

export interface StoredUpload {
  readonly storedAs: string;
  readonly bytes: number;
}

function folderOf(ctx: WorkspaceContext, importId: string): string {
  return join(ctx.config.dataDirectory, 'uploads', ctx.workspace.id, importId);
}

/** Where a stored file lies. Names on disk are ours: a person's file name never reaches the file system. */
export function uploadPath(ctx: WorkspaceContext, importId: string, storedAs: string): string {
  return join(folderOf(ctx, importId), storedAs);
}

/** Writes a stream to disk, readable by this server alone. Nothing stays when it breaks off or grows past the limit (`too-large`). */
export async function storeUpload(
  ctx: WorkspaceContext, importId: string, upload: { stream: Readable; bytesMax: number; signal: AbortSignal },
): Promise<StoredUpload> {
  const storedAs = createId(ctx.clock.now().getTime());
  await mkdir(folderOf(ctx, importId), { recursive: true, mode: 0o700 });
  const path = uploadPath(ctx, importId, storedAs);
  let bytes = 0;
  const limit = async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > upload.bytesMax) throw tooLarge();
      yield chunk;
    }
  };
  try {
    await pipeline(upload.stream, limit, createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal: upload.signal });
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return { storedAs, bytes };
}

export function tooLarge(): AppError {
  return new AppError('too-large', 'The files of this import are too large together. Request an export of followers only, and send that.');
}

export async function removeUpload(ctx: WorkspaceContext, importId: string, storedAs: string): Promise<void> {
  await rm(uploadPath(ctx, importId, storedAs), { force: true });
}

/** Removes all files of one import, also those that an interrupted upload left. */
export async function removeUploads(ctx: WorkspaceContext, importId: string): Promise<void> {
  await rm(folderOf(ctx, importId), { recursive: true, force: true });
}
