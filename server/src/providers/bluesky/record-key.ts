import { createHash } from 'node:crypto';

const alphabet = '234567abcdefghijklmnopqrstuvwxyz';

/**
 * The record key of a post: a TID (atproto specification: 53 bits of microseconds, 10 of a clock id, in 13 characters that sort by
 * time). The same for every attempt, so that putting the record twice makes one post: its milliseconds are those of the first
 * attempt, and the rest comes from the key.
 */
export function recordKeyOf(createdAt: Date, key: string): string {
  const digest = createHash('sha256').update(key).digest();
  const microseconds = BigInt(createdAt.getTime()) * 1000n + BigInt(digest.readUInt32BE(0) % 1000);
  let rest = (microseconds << 10n) | BigInt(digest.readUInt32BE(4) % 1024);
  let text = '';
  for (let place = 0; place < 13; place += 1) {
    text = (alphabet[Number(rest & 31n)] ?? '') + text;
    rest >>= 5n;
  }
  return text;
}
