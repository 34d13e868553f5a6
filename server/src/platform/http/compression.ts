import { Readable, type Transform } from 'node:stream';
import { brotliCompressSync, constants, createBrotliCompress, createGzip, createZstdCompress, gzipSync, zstdCompressSync } from 'node:zlib';

/** Below this a packet is sent anyway. */
const bytesMin = 1024;
/** Up to here compressing at once (0.1 ms for 48 KB) is cheaper than a turn through the thread pool. */
const syncBytesMax = 65536;
const gzipOptions = { level: constants.Z_BEST_SPEED };
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 1, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT } };

interface Encoder {
  readonly name: string;
  readonly now: (bytes: Buffer) => Buffer;
  readonly later: () => Transform;
}

// In order of preference, measured on lists of 16 and 48 KB: zstd is smallest and cheapest, brotli 1 and gzip 1 are alike.
const encoders: readonly Encoder[] = [
  { name: 'zstd', now: (bytes) => zstdCompressSync(bytes), later: () => createZstdCompress() },
  { name: 'br', now: (bytes) => brotliCompressSync(bytes, brotliOptions), later: () => createBrotliCompress(brotliOptions) },
  { name: 'gzip', now: (bytes) => gzipSync(bytes, gzipOptions), later: () => createGzip(gzipOptions) },
];

/** Encodings that a client takes with a quality above zero; a wildcard counts for nothing. */
export function acceptedEncodings(header: string | string[] | undefined): ReadonlySet<string> {
  const accepted = new Set<string>();
  for (const part of String(header ?? '').split(',')) {
    const [name = '', ...parameters] = part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    if (name !== '' && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) accepted.add(name);
  }
  return accepted;
}

export interface Compressed {
  readonly encoding: string;
  /** At once, or compressing on the thread pool while it is sent. */
  readonly bytes: Buffer | Readable;
}

/** Compresses a text reply where that pays and the client takes it; null to send it as it is. */
export function compress(text: string, acceptEncoding: string | string[] | undefined): Compressed | null {
  if (text.length < bytesMin || acceptEncoding === undefined) return null;
  const accepted = acceptedEncodings(acceptEncoding);
  const encoder = encoders.find(({ name }) => accepted.has(name));
  if (encoder === undefined) return null;
  const bytes = Buffer.from(text);
  return {
    encoding: encoder.name,
    bytes: bytes.length <= syncBytesMax ? encoder.now(bytes) : Readable.from([bytes]).pipe(encoder.later()),
  };
}
