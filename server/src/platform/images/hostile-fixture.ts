import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

/** For tests: pictures, and files made to hurt whoever opens them. */

export function drawing(width: number, height: number) {
  return sharp({ create: { width, height, channels: 3, background: '#2a7', noise: { type: 'gaussian', mean: 120, sigma: 30 } } });
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A PNG of our own making: its header may say what its data does not hold. */
export function writePng(options: { width: number; height: number; data?: Buffer; before?: Buffer }): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(options.width, 0);
  header.writeUInt32BE(options.height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header), options.before ?? Buffer.alloc(0),
    chunk('IDAT', options.data ?? deflateSync(Buffer.alloc((options.width * 3 + 1) * options.height))), chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Text of many megabytes in a few kilobytes of a chunk that readers may want to unpack. */
export function compressedTextChunk(bytes: number): Buffer {
  return chunk('zTXt', Buffer.concat([Buffer.from('Comment\0\0', 'latin1'), deflateSync(Buffer.alloc(bytes, 'A'), { level: 9 })]));
}

export function compressedProfileChunk(bytes: number): Buffer {
  return chunk('iCCP', Buffer.concat([Buffer.from('x\0\0', 'latin1'), deflateSync(Buffer.alloc(bytes), { level: 9 })]));
}

/** A JPEG whose header claims an enormous size. */
export async function floodJpeg(): Promise<Buffer> {
  const bytes = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#fff' } }).jpeg().toBuffer();
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  bytes.writeUInt16BE(65_500, frame + 5);
  bytes.writeUInt16BE(65_500, frame + 7);
  return bytes;
}

/** A GIF whose screen is enormous and whose one frame is small. */
export async function floodGif(): Promise<Buffer> {
  const bytes = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#fff' } }).gif().toBuffer();
  bytes.writeUInt16LE(65_535, 6);
  bytes.writeUInt16LE(65_535, 8);
  return bytes;
}

export async function animation(edge: number, frames: number): Promise<Buffer> {
  const pictures = await Promise.all(Array.from({ length: frames }, (_, index) =>
    sharp({ create: { width: edge, height: edge, channels: 3, background: { r: (index * 40) % 256, g: 20, b: 200 } } }).png().toBuffer()));
  return sharp(pictures, { join: { animated: true } }).gif({ delay: frames > 0 ? Array.from({ length: frames }, () => 90) : [] }).toBuffer();
}

const svg = (inside: string, root = ''): Buffer => Buffer.from(`${root}<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">${inside}</svg>`);

/** Files that are no image we take, each with a name that says that it is. */
export const impostors: readonly (readonly [name: string, content: Buffer])[] = [
  ['script.svg', svg('<script>alert(1)</script>')],
  ['entity.svg', svg('<text>&x;</text>', '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>')],
  ['laughs.svg', svg('<text>&b;</text>', '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>')],
  ['fetch.svg', svg('<image href="http://127.0.0.1:1/x.png" width="1" height="1"/>')],
  ['page.jpg', Buffer.from('<!doctype html><script>alert(1)</script>')],
  ['shell.php.jpg', Buffer.from('<?php system($_GET["c"]); ?>')],
  ['paper.png', Buffer.from('%PDF-1.7\n1 0 obj')],
  ['vector.gif', Buffer.from('%!PS-Adobe-3.0 EPSF-3.0\n')],
  ['archive.png', Buffer.from('PK\x03\x04aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'latin1')],
  ['old.jpg', Buffer.from('II*\0\x08\0\0\0aaaaaaaaaaaaaaaaaaaa', 'latin1')],
  ['phone.heic', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1')],
  ['empty.png', Buffer.alloc(0)],
  ['short.jpg', Buffer.from([0xff, 0xd8])],
];
