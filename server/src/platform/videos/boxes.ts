import type { FileHandle } from 'node:fs/promises';

/** One box of an ISO base media file (ISO/IEC 14496-12): positions are bytes from the start of the file. */
export interface Box {
  readonly type: string;
  readonly start: number;
  /** First byte after size and type. */
  readonly body: number;
  readonly end: number;
}

/** The file breaks its own format: it is cut off, or a size in it lies. */
export class DamagedVideo extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'DamagedVideo';
  }
}

/** A file that is read by position, a little at a time, whatever it says about its sizes. */
export interface VideoFile {
  readonly bytes: number;
  /** Exactly these bytes. Throws DamagedVideo where the file ends before. */
  read(position: number, length: number): Promise<Buffer>;
}

/** No honest file has as many boxes in one place; the tables of samples lie inside boxes and do not count. */
const boxesMax = 4096;
/** Read at once at most: a table is read in pieces. */
const pieceBytesMax = 1_048_576;

export function openVideoFile(handle: FileHandle, bytes: number): VideoFile {
  return {
    bytes,
    async read(position, length) {
      if (length > pieceBytesMax || length < 0 || position < 0 || position + length > bytes) throw new DamagedVideo('reads beyond the file');
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, position);
      if (bytesRead !== length) throw new DamagedVideo('ends too early');
      return buffer;
    },
  };
}

/** The boxes between two positions, in order. Throws DamagedVideo unless they fill the space exactly. */
export async function listBoxes(file: VideoFile, from: number, to: number): Promise<Box[]> {
  const boxes: Box[] = [];
  let start = from;
  while (start < to) {
    // QuickTime may end a list with four zero bytes.
    if (to - start === 4 && from > 0 && (await file.read(start, 4)).readUInt32BE(0) === 0) break;
    if (boxes.length >= boxesMax || to - start < 8) throw new DamagedVideo('has too many boxes, or half of one');
    const box = await readBox(file, start, to);
    boxes.push(box);
    start = box.end;
  }
  return boxes;
}

async function readBox(file: VideoFile, start: number, to: number): Promise<Box> {
  const head = await file.read(start, Math.min(16, to - start));
  const type = head.toString('latin1', 4, 8);
  const size = head.readUInt32BE(0);
  let [body, end] = [start + 8, start + size];
  if (size === 1) {
    if (head.length < 16) throw new DamagedVideo('has half a box');
    const large = head.readBigUInt64BE(8);
    if (large > BigInt(file.bytes)) throw new DamagedVideo(`says that ${printable(type)} is larger than the file`);
    [body, end] = [start + 16, start + Number(large)];
  } else if (size === 0) {
    // To the end of the file: only the last box of all may say so.
    if (to !== file.bytes) throw new DamagedVideo('has a box without an end');
    end = to;
  }
  if (end < body || end > to) throw new DamagedVideo(`says that ${printable(type)} is larger than what it is in`);
  return { type, start, body, end };
}

function printable(type: string): string {
  return /^[\x20-\x7e]{4}$/.test(type) ? `"${type}"` : 'a box';
}

/** The first box of a type; throws DamagedVideo where there is none. */
export function requireBox(boxes: readonly Box[], type: string): Box {
  const found = boxes.find((box) => box.type === type);
  if (found === undefined) throw new DamagedVideo(`has no "${type}"`);
  return found;
}

/** The rows of a table of numbers of 4 or 8 bytes each, piece by piece, after a head of `headBytes` that ends with the number of rows. */
export async function* readRows(file: VideoFile, box: Box, shape: { readonly headBytes: number; readonly rowBytes: number }): AsyncGenerator<Buffer> {
  const { headBytes, rowBytes } = shape;
  const count = (await file.read(box.body + headBytes - 4, 4)).readUInt32BE(0);
  const first = box.body + headBytes;
  if (first + count * rowBytes > box.end) throw new DamagedVideo(`says that ${printable(box.type)} has more rows than fit`);
  const rowsAtOnce = Math.floor(65_536 / rowBytes);
  for (let row = 0; row < count; row += rowsAtOnce) {
    const rows = Math.min(rowsAtOnce, count - row);
    const piece = await file.read(first + row * rowBytes, rows * rowBytes);
    for (let at = 0; at < piece.length; at += rowBytes) yield piece.subarray(at, at + rowBytes);
  }
}
