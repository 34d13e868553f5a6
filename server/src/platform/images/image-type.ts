import { open } from 'node:fs/promises';
import type { uploadTypes } from '@rookery/contract/media.ts';

export type UploadType = (typeof uploadTypes)[number];

const headBytes = 32;

/** What a file is by its first bytes; null for everything that is not taken, whatever its name says. */
export async function readImageType(path: string): Promise<UploadType | null> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return imageTypeOf(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

function imageTypeOf(head: Buffer): UploadType | null {
  const text = head.toString('latin1');
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (/^GIF8[79]a/.test(text)) return 'image/gif';
  if (/^RIFF[\s\S]{4}WEBP/.test(text)) return 'image/webp';
  // The brand may stand first or among the compatible ones; HEIC, which is not taken, has others.
  if (/^[\s\S]{4}ftyp[\s\S]*avi[fs]/.test(text)) return 'image/avif';
  return null;
}
