import type { Content, Part } from '@rookery/contract/posts.ts';

import { dropStored, keepStored, readStored } from '../../../platform/storage.ts';
import type { Written } from './draft.ts';

/** What was typed and had not been saved, as this browser keeps it. */
export interface LocalCopy {
  readonly written: Written;
  /** Version of the post that it was written on; null for one that was not there yet. */
  readonly version: number | null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readList<T>(value: unknown, read: (entry: unknown) => T | null): T[] | null {
  if (!Array.isArray(value)) return null;
  const entries = value.map(read);
  return entries.every((entry) => entry !== null) ? entries : null;
}

function readText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function readMedia(value: unknown): Part['media'][number] | null {
  if (!isRecord(value)) return null;
  const [mediaId, altText] = [readText(value['mediaId']), readText(value['altText'])];
  return mediaId === null || altText === null ? null : { mediaId, altText };
}

function readPart(value: unknown): Part | null {
  if (!isRecord(value)) return null;
  const [text, media] = [readText(value['text']), readList(value['media'], readMedia)];
  return text === null || media === null ? null : { text, media };
}

function readContent(value: unknown): Content | null {
  if (!isRecord(value)) return null;
  const parts = readList(value['parts'], readPart);
  return parts === null || parts.length === 0 ? null : { parts, firstComment: readText(value['firstComment']) };
}

function readTarget(value: unknown): Written['targets'][number] | null {
  if (!isRecord(value)) return null;
  const accountId = readText(value['accountId']);
  return accountId === null ? null : { accountId, content: readContent(value['content']) };
}

/** Reads a copy; null for anything else, as another version of the app may have left it. */
export function parseCopy(text: string | null): LocalCopy | null {
  let value: unknown = null;
  try {
    value = JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
  if (!isRecord(value)) return null;
  const [content, targets, labels] = [readContent(value['content']), readList(value['targets'], readTarget), readList(value['labels'], readText)];
  if (content === null || targets === null || labels === null) return null;
  return { written: { content, targets, labels }, version: typeof value['version'] === 'number' ? value['version'] : null };
}

function keyOf(workspaceId: string, postId: string): string {
  return `post.${workspaceId}.${postId}`;
}

/** What this browser holds of a post that the server does not. */
export function readCopy(workspaceId: string, postId: string): LocalCopy | null {
  return parseCopy(readStored(keyOf(workspaceId, postId)));
}

/** Keeps what was typed until it is saved; null forgets it. */
export function keepCopy(place: { workspaceId: string; postId: string }, copy: LocalCopy | null): void {
  const key = keyOf(place.workspaceId, place.postId);
  if (copy === null) dropStored(key);
  else keepStored(key, JSON.stringify({ ...copy.written, version: copy.version }));
}
