import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';
import { AppError } from '../../platform/errors.ts';
import { checkName, isMacResource, refuseExport, showName } from './archive-names.ts';

/** One file that a person sent: where it lies on disk, and what the browser said about it. */
export interface UploadedFile {
  /** Its name on the person's machine, perhaps with folders. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly modifiedAt: Date | null;
}

/** One file of an export, loose or inside a ZIP. */
export interface ExportEntry {
  /** Path inside the archive, or the loose file's name, with `/` between folders. */
  readonly path: string;
  /** Name of the uploaded file that holds it. */
  readonly upload: string;
  /** When the browser says the uploaded file was last changed. */
  readonly modifiedAt: Date | null;
  /** Uncompressed size; `read` never gives more. */
  readonly bytes: number;
  /** The content from the start, as often as asked. A break or a wrong checksum throws. */
  read(signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/** What a reading may cost. */
export interface ArchiveLimits {
  readonly namesMax: number;
  readonly matchesMax: number;
  readonly entryBytesMax: number;
  readonly totalBytesMax: number;
  /** Uncompressed over compressed. Real lists reach about 30, deflate's ceiling is about 1,030. */
  readonly ratioMax: number;
}

/** A full Instagram export has far over 100,000 photos: names are only looked at, so many are allowed. */
export const archiveLimits: ArchiveLimits = {
  namesMax: 1_000_000,
  matchesMax: 5_000,
  entryBytesMax: 512 * 1024 * 1024,
  totalBytesMax: 2 * 1024 * 1024 * 1024,
  ratioMax: 200,
};

const ratioFreeBytes = 1024 * 1024;

export interface OpenOptions {
  /** Which paths matter; all others are neither opened nor counted as matches. */
  wants(path: string): boolean;
  readonly limits?: Partial<ArchiveLimits>;
  readonly signal?: AbortSignal;
}

/** Running totals over all files of one upload. */
interface Tally {
  names: number;
  matches: number;
  bytes: number;
}

/** The wanted entries of loose files and ZIPs, in the order of the upload. ZIPs inside ZIPs stay closed. */
export async function* openExport(files: readonly UploadedFile[], options: OpenOptions): AsyncGenerator<ExportEntry> {
  const limits = { ...archiveLimits, ...options.limits };
  const tally: Tally = { names: 0, matches: 0, bytes: 0 };
  for (const file of files) {
    options.signal?.throwIfAborted();
    const name = checkName(file.name, file.name);
    const isZip = await hasZipMark(file.path);
    if (!isZip && /\.zip$/i.test(name)) {
      throw refuseExport(`${showName(name)} is not a ZIP file, or its download broke off. Download it again.`);
    }
    const entries = isZip ? listZip(file, options, limits, tally) : listLoose(file, name, options);
    for await (const entry of entries) {
      count(entry, limits, tally);
      yield entry;
    }
  }
}

async function* listLoose(file: UploadedFile, name: string, options: OpenOptions): AsyncGenerator<ExportEntry> {
  if (!options.wants(name) || isMacResource(name)) return;
  yield {
    path: name,
    upload: file.name,
    modifiedAt: file.modifiedAt,
    bytes: file.bytes,
    read: (signal) => createReadStream(file.path, signal ? { signal } : {}),
  };
}

// The four are one question each; an object of them would only be unpacked again.
async function* listZip(file: UploadedFile, options: OpenOptions, limits: ArchiveLimits, tally: Tally): AsyncGenerator<ExportEntry> {
  const zip = await openZip(file);
  try {
    for await (const entry of zip.eachEntry()) {
      options.signal?.throwIfAborted();
      tally.names += 1;
      if (tally.names > limits.namesMax)
        throw refuseExport(`${showName(file.name)} holds too many files. Request an export of followers only.`);
      const path = checkName(entry.fileName, file.name);
      checkKind(entry, file.name);
      if (path.endsWith('/') || isMacResource(path) || !options.wants(path)) continue;
      checkRatio(entry, file, limits);
      yield {
        path,
        upload: file.name,
        modifiedAt: file.modifiedAt,
        bytes: entry.uncompressedSize,
        read: (signal) => readZipEntry(file, entry, signal),
      };
    }
  } catch (error) {
    throw asRefusal(error, `${showName(file.name)} could not be read as a ZIP file`);
  } finally {
    zip.close();
  }
}

function count(entry: ExportEntry, limits: ArchiveLimits, tally: Tally): void {
  tally.matches += 1;
  tally.bytes += entry.bytes;
  const where = `${showName(entry.path)} in ${showName(entry.upload)}`;
  if (tally.matches > limits.matchesMax) throw refuseExport('This upload holds too many follower files. Send one export at a time.');
  if (entry.bytes > limits.entryBytesMax) throw refuseExport(`${where} is too large to be a list of followers.`);
  if (tally.bytes > limits.totalBytesMax)
    throw refuseExport('The follower files of this upload are too large together. Send one export at a time.');
}

const fileTypeMask = 0o170000;
const symbolicLink = 0o120000;

function checkKind(entry: yauzl.Entry, upload: string): void {
  if (entry.isEncrypted()) {
    throw refuseExport(`${showName(upload)} is protected by a password. Use the file exactly as the network gave it.`);
  }
  if (((entry.externalFileAttributes >>> 16) & fileTypeMask) === symbolicLink) {
    throw refuseExport(`${showName(upload)} holds a link (${showName(entry.fileName)}). Use the file exactly as the network gave it.`);
  }
}

/** Declared sizes suffice: more bytes than declared break the reading, and the compressed ones must lie in the file. */
function checkRatio(entry: yauzl.Entry, file: UploadedFile, limits: ArchiveLimits): void {
  const isBomb = entry.uncompressedSize > ratioFreeBytes && entry.uncompressedSize > entry.compressedSize * limits.ratioMax;
  if (isBomb || entry.compressedSize > file.bytes) {
    throw refuseExport(`${showName(entry.fileName)} in ${showName(file.name)} unpacks to far more than a real export would.`);
  }
}

async function* readZipEntry(file: UploadedFile, entry: yauzl.Entry, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const zip = await openZip(file);
  let sum = 0;
  try {
    const stream = await zip.openReadStreamPromise(entry);
    for await (const chunk of stream) {
      signal?.throwIfAborted();
      const bytes = asBytes(chunk);
      sum = crc32(bytes, sum);
      yield bytes;
    }
    if (sum !== entry.crc32)
      throw refuseExport(`${showName(entry.fileName)} in ${showName(file.name)} is damaged. Download the export again.`);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw asRefusal(error, `${showName(entry.fileName)} in ${showName(file.name)} could not be unpacked`);
  } finally {
    zip.close();
  }
}

async function openZip(file: UploadedFile): Promise<yauzl.ZipFile> {
  try {
    return await yauzl.openPromise(file.path, { autoClose: false });
  } catch (error) {
    throw asRefusal(error, `${showName(file.name)} could not be read as a ZIP file`);
  }
}

async function hasZipMark(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    const mark = buffer.toString('latin1', 0, bytesRead);
    return mark === 'PK\x03\x04' || mark === 'PK\x05\x06';
  } finally {
    await handle.close();
  }
}

function asBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  throw new TypeError('a byte stream gave something else than bytes');
}

function asRefusal(error: unknown, words: string): unknown {
  if (error instanceof AppError || (error instanceof Error && error.name === 'AbortError')) return error;
  const reason = error instanceof Error ? showName(error.message) : 'unknown reason';
  return refuseExport(`${words}: ${reason}. Download the export again.`, error);
}
