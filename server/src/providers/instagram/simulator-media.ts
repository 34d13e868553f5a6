import { createHash } from 'node:crypto';
import { figuresOf } from '../simulation/post-figures.ts';
import { jsonReply, type SimulatedReply } from '../simulation/request.ts';
import type { SimulatedPost, World } from '../simulation/world.ts';
import type { PublishParts } from './simulator-containers.ts';
import { failureFor, graphError } from './simulator-errors.ts';

export interface MediaParts extends PublishParts {
  readonly world: World;
}

const rowsDefault = 25;
const rowsMax = 100;
const commentLengthMax = 2200;
const commentHashtagsMax = 30;

function invalidParameter(message: string): SimulatedReply {
  return graphError({ code: 100, message: `(#100) ${message}`, type: 'IGApiException' });
}

/** Offsets without a colon, and whole seconds. */
function timestampOf(at: Date): string {
  return `${at.toISOString().slice(0, 19)}+0000`;
}

function shortcodeOf(id: string): string {
  return `D${createHash('sha256').update(id).digest('base64url').slice(0, 10)}`;
}

/** The fields of an image or a carousel. */
function fieldsOfMedia(parts: MediaParts, post: SimulatedPost): ReadonlyMap<string, unknown> {
  const account = parts.world.account(post.accountId);
  const isCarousel = post.images.length > 1;
  const shortcode = shortcodeOf(post.id);
  const figures = figuresOf(parts, post);
  const comments = parts.published.all().filter((one) => one.isComment && one.replyTo === post.id && !one.isDeleted);
  return new Map<string, unknown>([
    ['id', post.id],
    ['caption', post.text === '' ? undefined : post.text],
    ['media_type', isCarousel ? 'CAROUSEL_ALBUM' : 'IMAGE'],
    ['media_product_type', 'FEED'],
    ['media_url', `https://scontent.cdninstagram.com/simulated/${post.id}.jpg`],
    ['permalink', `https://www.instagram.com/p/${shortcode}/`],
    ['shortcode', shortcode],
    ['timestamp', timestampOf(post.createdAt)],
    ['username', account?.handle],
    ['owner', { id: post.accountId }],
    ['alt_text', isCarousel || post.images[0] === '' ? undefined : post.images[0]],
    ['comments_count', comments.length + figures.replies],
    ['like_count', figures.likes],
    ['is_comment_enabled', true],
    ['children', isCarousel ? { data: post.images.map((_, index) => ({ id: `${post.id}${index}` })) } : undefined],
  ]);
}

function fieldsOfComment(parts: MediaParts, post: SimulatedPost): ReadonlyMap<string, unknown> {
  const username = parts.world.account(post.accountId)?.handle;
  return new Map<string, unknown>([
    ['id', post.id],
    ['text', post.text],
    ['timestamp', timestampOf(post.createdAt)],
    ['username', username],
    ['from', { id: post.accountId, username }],
    ['media', { id: post.replyTo }],
    ['like_count', 0],
    ['hidden', false],
    ['parent_id', undefined],
  ]);
}

/** Names at the top level of a field list: what stands in braces belongs to the name before. */
export function readFields(text: string | null, fallback: string): readonly string[] {
  const plain = (text ?? fallback).replaceAll(/\{[^}]*\}/g, '');
  return plain.split(',').map((field) => field.trim()).filter((field) => field !== '');
}

/** `id` always comes along; a field that is empty is left out. */
function pick(all: ReadonlyMap<string, unknown>, fields: readonly string[]): Record<string, unknown> | string {
  const unknown = fields.find((field) => !all.has(field));
  if (unknown !== undefined) return `Tried accessing nonexisting field (${unknown})`;
  const entries = [...new Set([...fields, 'id'])].map((field): [string, unknown] => [field, all.get(field)]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** A post or a comment by its id. */
export function showPublished(parts: MediaParts, post: SimulatedPost, query: URLSearchParams): SimulatedReply {
  const all = post.isComment ? fieldsOfComment(parts, post) : fieldsOfMedia(parts, post);
  const row = pick(all, readFields(query.get('fields'), post.isComment ? 'id,text,timestamp' : 'id'));
  return typeof row === 'string' ? invalidParameter(row) : jsonReply(200, row);
}

interface Listing {
  readonly posts: readonly SimulatedPost[];
  readonly query: URLSearchParams;
  /** Address of the list, for the links to further pages. */
  readonly address: string;
  readonly fallback: string;
}

/** A page of rows with cursors; `next` and `previous` stand only where there is more. */
function showPage(parts: MediaParts, listing: Listing): SimulatedReply {
  const { posts, query, address, fallback } = listing;
  const limit = Number(query.get('limit') ?? rowsDefault);
  if (!Number.isInteger(limit) || limit < 1 || limit > rowsMax) return invalidParameter('The limit is out of range');
  const after = query.get('after');
  const before = query.get('before');
  const isKnown = (cursor: string | null): boolean => cursor === null || posts.some((post) => cursorOf(post) === cursor);
  if (!isKnown(after) || !isKnown(before)) return graphError({ code: 100, message: 'Invalid cursor' });
  const edge = before === null ? posts.length : posts.findIndex((post) => cursorOf(post) === before);
  const start = before === null ? posts.findIndex((post) => cursorOf(post) === after) + 1 : Math.max(0, edge - limit);
  const page = posts.slice(start, Math.min(start + limit, edge));
  const rows = page.map((post) =>
    pick(post.isComment ? fieldsOfComment(parts, post) : fieldsOfMedia(parts, post), readFields(query.get('fields'), fallback)));
  const wrong = rows.find((row) => typeof row === 'string');
  if (wrong !== undefined) return invalidParameter(wrong);
  const [first, last] = [page.at(0), page.at(-1)];
  if (first === undefined || last === undefined) return jsonReply(200, { data: [] });
  const cursors = { before: cursorOf(first), after: cursorOf(last) };
  const link = (name: 'after' | 'before'): string => {
    const asked = new URLSearchParams(query);
    for (const used of ['after', 'before', 'access_token']) asked.delete(used);
    asked.set(name, cursors[name]);
    return `${address}?${asked.toString()}`;
  };
  const paging = {
    cursors,
    ...(start + page.length < posts.length && { next: link('after') }),
    ...(start > 0 && { previous: link('before') }),
  };
  return jsonReply(200, { data: rows, paging });
}

function cursorOf(post: SimulatedPost): string {
  return Buffer.from(`cursor:${post.id}`).toString('base64url');
}

/** `GET /{ig-id}/media`, newest first, of the times that `since` and `until` allow. */
export function listMedia(parts: MediaParts, accountId: string, input: { query: URLSearchParams; address: string }): SimulatedReply {
  const since = Number(input.query.get('since') ?? 0) * 1000;
  const until = Number(input.query.get('until') ?? Infinity) * 1000;
  const isWanted = (post: SimulatedPost): boolean =>
    !post.isComment && post.createdAt.getTime() >= since && post.createdAt.getTime() <= until;
  return showPage(parts, { ...input, posts: parts.published.listOf(accountId).filter(isWanted), fallback: 'id' });
}

/** `GET /{media-id}/comments`, newest first. */
export function listComments(parts: MediaParts, media: SimulatedPost, input: { query: URLSearchParams; address: string }): SimulatedReply {
  const posts = parts.world.accounts.flatMap((account) => parts.published.listOf(account.id));
  const comments = posts.filter((post) => post.isComment && post.replyTo === media.id);
  return showPage(parts, { ...input, posts: comments, fallback: 'id,text,timestamp' });
}

/** `POST /{media-id}/comments`. */
export function addComment(parts: MediaParts, media: SimulatedPost, input: { accountId: string; message: string }): SimulatedReply {
  const { accountId, message } = input;
  if (message.trim() === '') return invalidParameter('The parameter message is required');
  const hashtags = message.match(/#[\p{L}\p{N}_]+/gu)?.length ?? 0;
  if ([...message].length > commentLengthMax || hashtags > commentHashtagsMax) return invalidParameter('Invalid parameter: message');
  const serial = BigInt(parts.published.all().length % 10_000);
  const id = String(17_900_000_000_000_000n + BigInt(parts.clock.now().getTime() % 1_000_000_000) * 10_000n + serial);
  parts.published.add({ id, accountId, text: message, images: [], replyTo: media.id, isComment: true });
  return jsonReply(200, { id });
}

/** Comments can be deleted; posts only by apps with Facebook's sign-in, which this is not. */
export function deletePublished(parts: MediaParts, post: SimulatedPost): SimulatedReply {
  if (!post.isComment) {
    const message = 'Unsupported delete request. Object does not exist or does not support this operation.';
    return graphError({ code: 100, subcode: 33, message, type: 'IGApiException' });
  }
  return parts.published.remove(post.id) ? jsonReply(200, { success: true }) : failureFor(404);
}
