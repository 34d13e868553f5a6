import { isRecord, recordsOf, textOf, type JsonRecord } from '../json.ts';

/**
 * The text of a post as it was written: X puts a t.co address for every link, adds one for the images at the end, and escapes
 * &, < and > (X developer documentation, 2026-11-24).
 */
export function writtenText(post: JsonRecord): string {
  let text = textOf(post['text']) ?? '';
  const entities = isRecord(post['entities']) ? post['entities'] : {};
  for (const link of recordsOf(entities['urls']) ?? []) {
    const short = textOf(link['url']);
    if (short === null) continue;
    const long = textOf(link['expanded_url']) ?? textOf(link['unwound_url']) ?? short;
    const isImage = link['media_key'] !== undefined || /\/status\/\d+\/(photo|video)\/\d+$/.test(long);
    text = text.replace(short, () => (isImage ? '' : long));
  }
  return text.replace(/&(amp|lt|gt);/g, (_whole, name: string) => ({ amp: '&', lt: '<', gt: '>' })[name] ?? '').trim();
}
