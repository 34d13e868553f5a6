/**
 * The bytes that a `Range` header asks for (RFC 9110, 14.2), one range alone: null for none, several, one that cannot be read, and
 * for one beyond the end, which all get the whole file.
 */
export function readByteRange(header: string | null, bytes: number): { readonly first: number; readonly last: number } | null {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return null;
  if (from === '') return Number(to) === 0 || bytes === 0 ? null : { first: Math.max(0, bytes - Number(to)), last: bytes - 1 };
  const first = Number(from);
  if (first >= bytes || (to !== '' && Number(to) < first)) return null;
  return { first, last: to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1) };
}
