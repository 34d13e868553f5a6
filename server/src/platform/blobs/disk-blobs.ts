import { randomBytes } from 'node:crypto';
import { createReadStream, type Dirent } from 'node:fs';
import { mkdir, open, opendir, rename, rm, rmdir, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkKey, isKey, type Blobs, type StoredBlob } from './blobs.ts';

/** Blobs in a folder that only this server reads. */
export function createDiskBlobs(folder: string): Blobs {
  const pathOf = (key: string): string => {
    checkKey(key);
    return join(folder, ...key.split('/'));
  };
  return {
    put: (key, bytes) => write(pathOf(key), (file) => file.writeFile(bytes)),
    putFile: (key, path) => write(pathOf(key), (file) => file.writeFile(createReadStream(path))),
    get: async (key, range) => {
      const file = await orNull(open(pathOf(key), 'r'));
      return file?.createReadStream(range === undefined ? {} : { start: range.first, end: range.last }) ?? null;
    },
    stat: async (key) => {
      const found = await orNull(stat(pathOf(key)));
      return found === null ? null : { bytes: found.size };
    },
    delete: async (key) => {
      await rm(pathOf(key), { force: true });
      for (let names = key.split('/').slice(0, -1); names.length > 0; names = names.slice(0, -1)) {
        const isGone = await rmdir(join(folder, ...names)).then(() => true, () => false);
        if (!isGone) return;
      }
    },
    list: (firstName) => {
      checkKey(firstName);
      return listBelow(folder, firstName);
    },
    firstNames: async function* () {
      for await (const entry of entriesOf(folder)) if (entry.isDirectory() && isKey(entry.name)) yield entry.name;
    },
  };
}

/** Files under keys; one that is half written has a name that is none. */
async function* listBelow(folder: string, names: string): AsyncGenerator<StoredBlob> {
  for await (const entry of entriesOf(join(folder, ...names.split('/')))) {
    const key = `${names}/${entry.name}`;
    if (!isKey(key)) continue;
    if (entry.isDirectory()) yield* listBelow(folder, key);
    const found = entry.isFile() ? await orNull(stat(join(folder, ...key.split('/')))) : null;
    if (found !== null) yield { key, bytes: found.size };
  }
}

async function* entriesOf(path: string): AsyncGenerator<Dirent> {
  const opened = await orNull(opendir(path));
  if (opened !== null) yield* opened;
}

/** Under another name first, so that no reader and no crash ever sees half a file. */
async function write(path: string, fill: (file: FileHandle) => Promise<void>): Promise<void> {
  const half = `${path}.${randomBytes(6).toString('hex')}.half`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    const file = await open(half, 'wx', 0o600);
    try {
      await fill(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(half, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(half, { force: true });
    throw error;
  }
}

/** A new name is on the disk only once its folder is. Windows has no such call, and does it by itself. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function orNull<Value>(found: Promise<Value>): Promise<Value | null> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw error;
  }
}
