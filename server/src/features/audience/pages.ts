const keyBytes = 8;

/** Keys as they are stored in a page: 8 bytes each, little-endian. */
export function encodeKeys(keys: readonly bigint[]): Buffer {
  const bytes = Buffer.allocUnsafe(keys.length * keyBytes);
  keys.forEach((key, index) => bytes.writeBigUInt64LE(key, index * keyBytes));
  return bytes;
}

/** Joins stored pages into one list, in order. Throws when a page's length is not what its row says. */
export function decodePages(pages: readonly { readonly n: number; readonly ids: Buffer }[]): BigUint64Array {
  const total = pages.reduce((sum, page) => sum + page.n, 0);
  const list = new BigUint64Array(total);
  // A view of the same memory: every platform that Node runs on is little-endian, as the pages are.
  const bytes = new Uint8Array(list.buffer);
  let filled = 0;
  for (const page of pages) {
    if (page.ids.length !== page.n * keyBytes) throw new Error('a stored page of followers is damaged');
    bytes.set(page.ids, filled * keyBytes);
    filled += page.n;
  }
  return list;
}
