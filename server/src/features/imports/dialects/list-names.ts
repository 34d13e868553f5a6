import type { Claim } from './dialect.ts';

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whether a folder of that name is on the way to the file. */
export function isUnder(path: string, folder: string): boolean {
  return path.split('/').slice(0, -1).includes(folder);
}

/** `followers_2.json`, `followers.json` (the first), and what a browser makes of a second download: `followers_1 (1).json`. */
const metaName = /^(followers|following)(?:_(\d{1,4}))?(?: ?\(\d{1,3}\))?\.(json|html)$/i;

/** What Meta's file names say: which list, which part from 1, which format. */
export function readMetaName(path: string): { readonly claim: Claim; readonly format: 'json' | 'html' } | null {
  const match = metaName.exec(baseName(path));
  if (match === null) return null;
  const kind = match[1]?.toLowerCase() === 'followers' ? 'followers' : 'following';
  return { claim: { kind, part: Number(match[2] ?? '1') }, format: match[3]?.toLowerCase() === 'html' ? 'html' : 'json' };
}

/** Whether a loose `followers.json` is of Threads: its wrapper's key or its addresses say so. */
export function isThreadsText(head: string): boolean {
  return /text_post_app_|https?:\\?\/\\?\/(?:www\.)?threads\.(?:net|com)\b/.test(head);
}
