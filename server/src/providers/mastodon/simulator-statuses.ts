import { arrayOf, boolean, integer, nullable, object, string, type Static } from '@rookery/contract/schema.ts';
import { openKeptMap, type KeptMap } from '../simulation/kept-map.ts';
import type { SimulatedRoute } from '../simulation/listen.ts';
import { figuresOf } from '../simulation/post-figures.ts';
import type { PostBook } from '../simulation/post-book.ts';
import { jsonReply, type SimulatedReply, type SimulatedRequest } from '../simulation/request.ts';
import type { SimulatedPost } from '../simulation/world.ts';
import { attachmentsMax, charactersMax, renderAccount, sourceOfAccount } from './simulator-entities.ts';
import { guard, notFound, refuseInput, type Answer as AnswerOf, type Caller } from './simulator-guard.ts';
import { countLength, hashtagsOf, renderContent } from './simulator-html.ts';
import { renderAttachment, type MediaParts } from './simulator-media.ts';
import { readParams } from './simulator-params.ts';

const idempotencyMs = 3_600_000;
const perPageDefault = 20;
const perPageMax = 40;
const visibilities = ['public', 'unlisted', 'private', 'direct'];

const statusSchema = object({
  visibility: string(), language: nullable(string()), isSensitive: boolean(), spoiler: string(), mediaIds: arrayOf(string()),
  clientId: string(),
});
const keySchema = object({ statusId: string(), at: integer() });

type Details = Static<typeof statusSchema>;

interface StatusParts extends MediaParts {
  readonly published: PostBook;
  readonly details: KeptMap<Details>;
  /** By account and Idempotency-Key. */
  readonly keys: KeptMap<Static<typeof keySchema>>;
}

type Answer = AnswerOf<StatusParts>;

function renderStatus(parts: StatusParts, post: SimulatedPost, request: SimulatedRequest): Record<string, unknown> {
  const { origin } = request;
  const account = parts.world.account(post.accountId);
  const details = parts.details.get(post.id);
  const followers = Math.max(0, parts.world.edgesOf(post.accountId).length + parts.faults.countSkew);
  const handle = account?.handle ?? '';
  const parent = post.replyTo === null ? undefined : parts.published.all().find((one) => one.id === post.replyTo);
  const figures = figuresOf(parts, post);
  const app = parts.grants.findApp(details?.clientId ?? '');
  return {
    id: post.id,
    created_at: post.createdAt.toISOString(),
    in_reply_to_id: post.replyTo,
    in_reply_to_account_id: parent?.accountId ?? null,
    sensitive: details?.isSensitive ?? false,
    spoiler_text: details?.spoiler ?? '',
    visibility: details?.visibility ?? 'public',
    language: details?.language ?? 'en',
    uri: `${origin}/users/${handle}/statuses/${post.id}`,
    url: `${origin}/@${handle}/${post.id}`,
    replies_count: parts.published.all().filter((one) => one.replyTo === post.id && !one.isDeleted).length + figures.replies,
    reblogs_count: figures.reposts,
    favourites_count: figures.likes,
    quotes_count: figures.quotes,
    edited_at: null,
    favourited: false,
    reblogged: false,
    muted: false,
    bookmarked: false,
    pinned: false,
    content: renderContent(post.text, { origin, findMention: (name) => findMention(parts, name, origin) }),
    filtered: [],
    reblog: null,
    application: app === null ? null : { name: app.name, website: app.website },
    account: account === null ? null : renderAccount(sourceOfAccount(account, followers), origin),
    media_attachments: (details?.mediaIds ?? []).flatMap((id) => {
      const attachment = parts.attachments.get(id);
      return attachment === null ? [] : [renderAttachment(id, attachment, origin)];
    }),
    mentions: [],
    tags: hashtagsOf(post.text).map((name) => ({ name, url: `${origin}/tags/${encodeURIComponent(name)}` })),
    emojis: [],
    card: null,
    poll: null,
  };
}

function findMention(parts: StatusParts, name: string, origin: string): { url: string; username: string } | null {
  const [username = '', domain] = name.split('@');
  const wanted = domain === undefined || domain === new URL(origin).host ? username : name;
  const handle = parts.world.accounts.find((one) => one.handle === wanted)?.handle ?? parts.world.personByHandle(wanted)?.handle;
  if (handle === undefined) return null;
  return { url: domain === undefined ? `${origin}/@${username}` : `https://${domain}/@${username}`, username };
}

/** What is wrong with the wish for a status, or null. */
function refuse(parts: StatusParts, accountId: string, fields: URLSearchParams): SimulatedReply | null {
  const text = fields.get('status') ?? '';
  const mediaIds = fields.getAll('media_ids');
  const replyTo = fields.get('in_reply_to_id') ?? '';
  if (replyTo !== '' && parts.published.find(replyTo) === null) {
    return jsonReply(404, { error: 'The post you are trying to reply to does not appear to exist.' });
  }
  if (fields.has('scheduled_at')) return refuseInput('Validation failed: Scheduled at is not simulated');
  if (mediaIds.length > attachmentsMax) return refuseInput(`Cannot attach more than ${attachmentsMax} files`);
  if (mediaIds.length > 1 && mediaIds.some((id) => parts.attachments.get(id)?.type === 'video/mp4')) {
    return refuseInput('Cannot attach a video to a post that already contains images');
  }
  for (const id of mediaIds) {
    const attachment = parts.attachments.get(id);
    // As 4.4 and later; before, such an id was left out without a word.
    if (attachment?.accountId !== accountId || attachment.statusId !== null) {
      return refuseInput(`Media ${id} not found or already attached to another post`);
    }
    if (!attachment.isReady) return refuseInput('Cannot attach files that have not finished processing. Try again in a moment!');
  }
  if (text.trim() === '' && mediaIds.length === 0) return refuseInput("Validation failed: Text can't be blank");
  const lengthMax = parts.faults.textLengthMax ?? charactersMax;
  if (countLength((fields.get('spoiler_text') ?? '') + text.trim()) > lengthMax) {
    return refuseInput(`Validation failed: Text character limit of ${lengthMax} exceeded`);
  }
  const isKnown = visibilities.includes(fields.get('visibility') ?? 'public');
  return isKnown ? null : refuseInput('Validation failed: Visibility is not included in the list');
}

const create: Answer = async (parts, { request, token }) => {
  const accountId = token?.accountId ?? '';
  const { fields } = await readParams(request);
  const header = request.headers['idempotency-key'];
  const key = typeof header === 'string' && header !== '' ? `${accountId} ${header}` : null;
  const now = parts.clock.now().getTime();
  const before = key === null ? null : parts.keys.get(key);
  if (before !== null && now - before.at < idempotencyMs) {
    // The first status, whatever this request says; not found once it was deleted.
    const known = parts.published.find(before.statusId);
    return known === null ? notFound() : jsonReply(200, renderStatus(parts, known, request));
  }
  const refusal = refuse(parts, accountId, fields);
  if (refusal !== null) return refusal;
  const post = publish(parts, { accountId, clientId: token?.clientId ?? '', fields });
  for (const [name, { at }] of parts.keys.entries()) if (now - at >= idempotencyMs) parts.keys.delete(name);
  if (key !== null) parts.keys.set(key, { statusId: post.id, at: now });
  return jsonReply(200, renderStatus(parts, post, request));
};

function publish(parts: StatusParts, input: { accountId: string; clientId: string; fields: URLSearchParams }): SimulatedPost {
  const { accountId, clientId, fields } = input;
  const serial = BigInt(parts.published.all().length % 65_536);
  const id = String((BigInt(parts.clock.now().getTime()) << 16n) + serial);
  const mediaIds = fields.getAll('media_ids');
  const images = mediaIds.map((mediaId) => parts.attachments.get(mediaId)?.description ?? '');
  for (const mediaId of mediaIds) {
    const attachment = parts.attachments.get(mediaId);
    if (attachment !== null) parts.attachments.set(mediaId, { ...attachment, statusId: id });
  }
  parts.details.set(id, {
    visibility: fields.get('visibility') ?? 'public',
    language: fields.get('language'),
    isSensitive: ['true', '1'].includes(fields.get('sensitive') ?? ''),
    spoiler: fields.get('spoiler_text') ?? '',
    mediaIds,
    clientId,
  });
  const replyTo = fields.get('in_reply_to_id') ?? '';
  return parts.published.add({
    id, accountId, text: (fields.get('status') ?? '').trim(), images, replyTo: replyTo === '' ? null : replyTo, isComment: false,
  });
}

/** Followers-only and direct posts are for their author here: nobody else signs in who follows. */
function isVisibleTo(parts: StatusParts, post: SimulatedPost, caller: Caller): boolean {
  const isOpen = ['public', 'unlisted'].includes(parts.details.get(post.id)?.visibility ?? 'public');
  return isOpen || caller.token?.accountId === post.accountId;
}

const show: Answer = (parts, caller) => {
  const post = parts.published.find(caller.request.params['id'] ?? '');
  return post === null || !isVisibleTo(parts, post, caller) ? notFound() : jsonReply(200, renderStatus(parts, post, caller.request));
};

/** Answers the status that is gone, with its text in place of its content, to be written anew. */
const remove: Answer = (parts, { request, token }) => {
  const post = parts.published.find(request.params['id'] ?? '');
  if (post === null || post.accountId !== token?.accountId) return notFound();
  const { content: _, ...status } = renderStatus(parts, post, request);
  parts.published.remove(post.id);
  return jsonReply(200, { ...status, text: post.text });
};

function readId(text: string | null): bigint | null {
  return text === null || !/^\d+$/.test(text) ? null : BigInt(text);
}

/** `min_id` begins right above it, `since_id` only cuts off what is below. */
function takePage(posts: readonly SimulatedPost[], query: URLSearchParams, limit: number): readonly SimulatedPost[] {
  const maxId = readId(query.get('max_id'));
  const sinceId = readId(query.get('since_id'));
  const minId = readId(query.get('min_id'));
  const within = posts.filter((post) => {
    const id = BigInt(post.id);
    return (maxId === null || id < maxId) && (sinceId === null || id > sinceId) && (minId === null || id > minId);
  });
  return minId === null ? within.slice(0, limit) : within.slice(Math.max(0, within.length - limit));
}

function linkOf(request: SimulatedRequest, page: readonly SimulatedPost[], limit: number): Readonly<Record<string, string>> {
  const [first, last] = [page.at(0), page.at(-1)];
  if (first === undefined || last === undefined) return {};
  const address = (name: string, id: string): string => {
    const query = new URLSearchParams(request.query);
    for (const cursor of ['max_id', 'since_id', 'min_id']) query.delete(cursor);
    query.set(name, id);
    return `<${request.origin}${request.path}?${query.toString()}>`;
  };
  const previous = `${address('min_id', first.id)}; rel="prev"`;
  return { link: page.length === limit ? `${address('max_id', last.id)}; rel="next", ${previous}` : previous };
}

const list: Answer = (parts, caller) => {
  const { request } = caller;
  const { query } = request;
  const id = request.params['id'] ?? '';
  if (parts.world.account(id) === null) return parts.world.person(id) === null ? notFound() : jsonReply(200, []);
  const given = query.get('limit');
  const limit = given === null ? perPageDefault : Math.min(Math.abs(Number.parseInt(given, 10) || 0), perPageMax);
  const isOn = (name: string): boolean => ['true', '1'].includes(query.get(name) ?? '');
  const isWanted = (post: SimulatedPost): boolean => {
    if (!isVisibleTo(parts, post, caller)) return false;
    if (isOn('only_media') && post.images.length === 0) return false;
    // Answers to oneself are no replies in this list.
    const isReply = post.replyTo !== null && parts.published.all().find((one) => one.id === post.replyTo)?.accountId !== post.accountId;
    return !(isOn('exclude_replies') && isReply);
  };
  const page = isOn('pinned') ? [] : takePage(parts.published.listOf(id).filter(isWanted), query, limit);
  return jsonReply(200, page.map((post) => renderStatus(parts, post, request)), limit === 0 ? {} : linkOf(request, page, limit));
};

/** Statuses: write, read, list, delete. */
export function statusRoutes(input: MediaParts & { published: PostBook; stateFile: string | null }): readonly SimulatedRoute[] {
  const { stateFile } = input;
  const details = openKeptMap(stateFile, 'mastodon-statuses', statusSchema);
  const parts: StatusParts = { ...input, details, keys: openKeptMap(stateFile, 'mastodon-keys', keySchema) };
  const write = { scopes: ['write', 'write:statuses'], needsPerson: true };
  const read = { scopes: ['read', 'read:statuses'], needsPerson: false };
  return [
    { name: 'statuses.create', method: 'POST', path: '/api/v1/statuses', handle: guard(parts, write, create) },
    { name: 'statuses.show', method: 'GET', path: '/api/v1/statuses/:id', handle: guard(parts, read, show) },
    { name: 'statuses.delete', method: 'DELETE', path: '/api/v1/statuses/:id', handle: guard(parts, write, remove) },
    { name: 'statuses.list', method: 'GET', path: '/api/v1/accounts/:id/statuses', handle: guard(parts, read, list) },
  ];
}
