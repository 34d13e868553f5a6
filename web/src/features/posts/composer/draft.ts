import type { Content, Part, Post, When } from '@rookery/contract/posts.ts';
import type { Snippet } from '@rookery/contract/snippets.ts';
import { resolveWallTime, wallTimeOf } from '@rookery/contract/wall-time.ts';

import { choiceOf, occurrenceAt, type WallChoice } from '../when.ts';

/** A part while it is written: with a key that stays with it when parts change places. */
export interface EditPart extends Part {
  readonly key: string;
}

export interface EditContent {
  readonly parts: readonly EditPart[];
  readonly firstComment: string | null;
}

export interface EditTarget {
  readonly accountId: string;
  /** Its own words; null: those for all. */
  readonly content: EditContent | null;
}

/** When it shall go out, as chosen in the footer. */
export interface EditWhen {
  readonly kind: When['kind'];
  readonly choice: WallChoice;
}

/** Everything of a post that is written here. */
export interface Draft {
  readonly content: EditContent;
  readonly targets: readonly EditTarget[];
  readonly labels: readonly string[];
}

/** What is sent of it. */
export interface Written {
  readonly content: Content;
  readonly targets: { accountId: string; content: Content | null }[];
  readonly labels: string[];
}

let lastKey = 0;

function newPart(text = '', media: Part['media'] = []): EditPart {
  lastKey += 1;
  return { key: `part-${lastKey}`, text, media };
}

function editContent(content: Content): EditContent {
  return { parts: content.parts.map((part) => newPart(part.text, part.media)), firstComment: content.firstComment };
}

function plainContent({ parts, firstComment }: EditContent): Content {
  const comment = firstComment === null || firstComment.trim() === '' ? null : firstComment;
  return { parts: parts.map(({ text, media }) => ({ text, media })), firstComment: comment };
}

/** A post with nothing in it yet. */
export function emptyDraft(accountIds: readonly string[] = []): Draft {
  return { content: { parts: [newPart()], firstComment: null }, targets: accountIds.map((accountId) => ({ accountId, content: null })), labels: [] };
}

/** What was sent or kept, to be written on. */
export function draftOf({ content, targets, labels }: Pick<Written, 'content'> & { readonly targets: readonly { accountId: string; content: Content | null }[]; readonly labels: readonly string[] }): Draft {
  return {
    content: editContent(content),
    targets: targets.map((target) => ({ accountId: target.accountId, content: target.content === null ? null : editContent(target.content) })),
    labels,
  };
}

export function writtenOf(draft: Draft): Written {
  return {
    content: plainContent(draft.content),
    targets: draft.targets.map(({ accountId, content }) => ({ accountId, content: content === null ? null : plainContent(content) })),
    labels: [...draft.labels],
  };
}

/** Nothing worth keeping: no words and no images. */
export function isBlank(draft: Draft): boolean {
  const contents = [draft.content, ...draft.targets.flatMap(({ content }) => content ?? [])];
  return contents.every(({ parts, firstComment }) => (firstComment ?? '').trim() === '' && parts.every(({ text, media }) => text.trim() === '' && media.length === 0));
}

/** The words that an account will publish. */
export function contentFor(draft: Draft, accountId: string | null): EditContent {
  return draft.targets.find((target) => target.accountId === accountId)?.content ?? draft.content;
}

/** Puts words in place: those for all, or an account's own. */
export function withContent(draft: Draft, accountId: string | null, content: EditContent): Draft {
  if (accountId === null) return { ...draft, content };
  return { ...draft, targets: draft.targets.map((target) => (target.accountId === accountId ? { ...target, content } : target)) };
}

/** Gives an account its own words, beginning with those for all, or takes them away again. */
export function customise(draft: Draft, accountId: string, isOwn: boolean): Draft {
  const own = isOwn ? editContent(plainContent(draft.content)) : null;
  return { ...draft, targets: draft.targets.map((target) => (target.accountId === accountId ? { ...target, content: own } : target)) };
}

export function toggleTarget(draft: Draft, accountId: string): Draft {
  const others = draft.targets.filter((target) => target.accountId !== accountId);
  return { ...draft, targets: others.length < draft.targets.length ? others : [...draft.targets, { accountId, content: null }] };
}

export function withPartText(content: EditContent, key: string, text: string): EditContent {
  return { ...content, parts: content.parts.map((part) => (part.key === key ? { ...part, text } : part)) };
}

/** Puts kept words in: a template where nothing is written yet or below what is, a signature always below. */
export function withSnippet(content: EditContent, { kind, text }: Pick<Snippet, 'kind' | 'text'>): EditContent {
  const [first] = content.parts;
  const last = content.parts.at(-1);
  if (first === undefined || last === undefined) return content;
  if (kind === 'template' && content.parts.every((part) => part.text.trim() === '')) return withPartText(content, first.key, text);
  const before = last.text.trimEnd();
  return withPartText(content, last.key, before === '' ? text : `${before}\n\n${text}`);
}

/** Changes the images of a part. */
export function withPartMedia(content: EditContent, key: string, edit: (media: Part['media']) => Part['media']): EditContent {
  return { ...content, parts: content.parts.map((part) => (part.key === key ? { ...part, media: edit(part.media) } : part)) };
}

/** Shows another image in the place of one, in the words for all or an account's own; its description stays. */
export function withOtherImage(draft: Draft, accountId: string | null, { from, to }: { from: string; to: string }): Draft {
  const content = contentFor(draft, accountId);
  const parts = content.parts.map((part) => ({ ...part, media: part.media.map((item) => (item.mediaId === from ? { ...item, mediaId: to } : item)) }));
  return withContent(draft, accountId, { ...content, parts });
}

/** How many images of the words that will go out have no description. */
export function countUndescribed(draft: Draft): number {
  const contents = draft.targets.length === 0 ? [draft.content] : [...new Set(draft.targets.map(({ content }) => content ?? draft.content))];
  return contents.flatMap(({ parts }) => parts).flatMap(({ media }) => media).filter(({ altText }) => altText.trim() === '').length;
}

/** Adds an empty part after another one. */
export function addPart(content: EditContent, afterKey: string): EditContent {
  const index = content.parts.findIndex(({ key }) => key === afterKey);
  return { ...content, parts: content.parts.toSpliced(index + 1, 0, newPart()) };
}

/** Takes a part out; one always stays. */
export function removePart(content: EditContent, key: string): EditContent {
  return content.parts.length === 1 ? content : { ...content, parts: content.parts.filter((part) => part.key !== key) };
}

/** Moves a part one place up or down. */
export function shiftPart(content: EditContent, key: string, by: -1 | 1): EditContent {
  const index = content.parts.findIndex((part) => part.key === key);
  const part = content.parts[index];
  const to = index + by;
  if (part === undefined || to < 0 || to >= content.parts.length) return content;
  return { ...content, parts: content.parts.toSpliced(index, 1).toSpliced(to, 0, part) };
}

/** How the time of a post is shown in the footer. A time in another zone than the workspace's is shown in the workspace's. */
export function whenOf(post: Post | null, suggested: WallChoice, zone: string): EditWhen {
  const asked = post?.dueAt === null ? post.approval : null;
  // The time that was asked for is kept, whatever became of asking.
  if (asked?.zone === zone && Date.parse(asked.wantedAt) > Date.now()) return { kind: 'at', choice: choiceOf(asked.wallTime, asked.occurrence) };
  if (post === null || post.wallTime === null) return { kind: 'draft', choice: suggested };
  if (post.dueAt === null) return meantWhen(post.wallTime, post.zone ?? zone, zone) ?? { kind: 'draft', choice: suggested };
  if (post.zone === zone) return { kind: 'at', choice: choiceOf(post.wallTime, occurrenceAt(post.wallTime, zone, post.dueAt)) };
  return { kind: 'at', choice: choiceAt(new Date(post.dueAt), zone) };
}

/** The time that a draft is meant for, ready to be scheduled; null once it has passed. Where clocks change just then, a person chooses. */
function meantWhen(wallTime: string, ownZone: string, zone: string): EditWhen | null {
  const resolved = resolveWallTime(wallTime, ownZone);
  if (resolved.kind !== 'instant') return resolved.kind !== 'invalid' && ownZone === zone ? { kind: 'at', choice: choiceOf(wallTime) } : null;
  return resolved.at.getTime() > Date.now() ? { kind: 'at', choice: choiceAt(resolved.at, zone) } : null;
}

function choiceAt(at: Date, zone: string): WallChoice {
  const wallTime = wallTimeOf(at, zone);
  return choiceOf(wallTime, occurrenceAt(wallTime, zone, at.toISOString()));
}
