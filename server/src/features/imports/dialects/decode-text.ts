import { TextDecoder } from 'node:util';
import { refuseExport, showName } from '../archive-names.ts';
import type { ExportEntry } from '../archive.ts';

const markBytes = 3;

/** The text of an entry: UTF-8, or UTF-16 with its byte order mark. Anything else is refused by the file's name. */
export async function* decodeText(entry: ExportEntry, signal?: AbortSignal): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null;
  let held = Buffer.alloc(0);
  const decode = (bytes: Uint8Array, isLast: boolean): string => {
    decoder ??= new TextDecoder(encodingOf(held), { fatal: true });
    const text = decodeStrictly(decoder, bytes, isLast, entry.path);
    if (text.includes('\0')) throw refuseExport(`${showName(entry.path)} is not a text file. Use the file exactly as the network gave it.`);
    return text;
  };
  for await (const chunk of entry.read(signal)) {
    signal?.throwIfAborted();
    if (decoder !== null) {
      yield decode(chunk, false);
      continue;
    }
    held = Buffer.concat([held, chunk]);
    if (held.length >= markBytes) yield decode(held, false);
  }
  yield decode(decoder === null ? held : new Uint8Array(), true);
}

/** The first characters of an entry, at most about `lengthMax`, to see what it is. */
export async function readHead(entry: ExportEntry, lengthMax: number, signal?: AbortSignal): Promise<string> {
  let head = '';
  for await (const text of decodeText(entry, signal)) {
    head += text;
    if (head.length >= lengthMax) break;
  }
  return head.slice(0, lengthMax);
}

/** All text of a small entry; null when it is longer than `lengthMax`. */
export async function readSmall(entry: ExportEntry, lengthMax: number, signal?: AbortSignal): Promise<string | null> {
  const head = await readHead(entry, lengthMax + 1, signal);
  return head.length > lengthMax ? null : head;
}

function encodingOf(head: Buffer): string {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

function decodeStrictly(decoder: TextDecoder, bytes: Uint8Array, isLast: boolean, path: string): string {
  try {
    return decoder.decode(bytes, { stream: !isLast });
  } catch (error) {
    throw refuseExport(`${showName(path)} is not UTF-8 text. Use the file exactly as the network gave it.`, error);
  }
}

/**
 * Meta writes UTF-8 bytes as if each were a Latin-1 character ("JosÃ©"). Undone only when every character is a byte
 * and the bytes are valid UTF-8: real "é" alone is not, and stays.
 */
export function repairMojibake(text: string): string {
  // oxlint-disable-next-line no-control-regex -- the range is the whole point: what fits in one byte
  if (!/[\x80-\xff]/.test(text) || !/^[\x00-\xff]*$/.test(text)) return text;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(text, 'latin1'));
  } catch {
    return text;
  }
}
