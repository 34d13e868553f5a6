import { constants, gzip, gzipSync } from 'node:zlib';
import { promisify } from 'node:util';

const bytesMin = 1024;
const syncBytesMax = 65536;
const gzipAsync = promisify(gzip);
const options = { level: constants.Z_BEST_SPEED };

/** Encodings a client takes, with a quality above zero. */
export function acceptedEncodings(header: string | undefined): ReadonlySet<string> {
  const accepted = new Set<string>();
  for (const part of (header ?? '').split(',')) {
    const [name = '', ...parameters] = part.trim().toLowerCase().split(/\s*;\s*/);
    if (name !== '' && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) accepted.add(name);
  }
  return accepted;
}
