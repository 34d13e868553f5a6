import { arrayOf, object, string } from '@rookery/contract/schema.ts';
import type { SimulatedGrant } from '../simulation/grant-book.ts';
import { openKeptMap } from '../simulation/kept-map.ts';
import { figuresOf } from '../simulation/post-figures.ts';
import type { PostBook } from '../simulation/post-book.ts';
import { jsonReply, readJson, type SimulatedReply, type SimulatedRequest } from '../simulation/request.ts';
import type { SimulatedPost } from '../simulation/world.ts';
import type { MediaShelf } from './simulator-media.ts';
import { invalidRequest, problem, problems, readFieldList, requireNumericId } from './simulator-operations.ts';
import type { Operation, XApiOptions } from './simulator-operations.ts';
import { InvalidParameter, readObject, toText } from './simulator-parameters.ts';
import { renderText, weigh, weightMax } from './simulator-text.ts';

interface XTweetsOptions extends XApiOptions {
  readonly stateFile: string | null;
  readonly published: PostBook;
  readonly shelf: MediaShelf;
}

interface Tweets extends XTweetsOptions {
  mediaIdsOf(postId: string): readonly string[];
  setMediaIds(postId: string, mediaIds: readonly string[]): void;
}

const duplicateMs = 86_400_000;
const imagesMax = 4;
const idsMax = 100;
const snowflakeEpoch = 1_288_834_974_657n;
const bodyFields = (
  'card_uri community_id direct_message_deep_link edit_options for_super_followers_only geo made_with_ai media nullcast paid_partnership ' +
  'poll quote_tweet_id reply reply_settings share_with_followers text'
).split(' ');
const tweetFields = (
  'article attachments author_id card_uri community_id context_annotations conversation_id created_at display_text_range edit_controls ' +
  'edit_history_tweet_ids entities geo id in_reply_to_user_id lang media_metadata non_public_metrics note_tweet organic_metrics ' +
  'possibly_sensitive promoted_metrics public_metrics referenced_tweets reply_settings scopes source suggested_source_links text withheld'
).split(' ');
const mediaFields = (
  'alt_text duration_ms height media_key non_public_metrics organic_metrics preview_image_url promoted_metrics public_metrics type url ' +
  'variants width'
).split(' ');
const expansions = [
  'attachments.media_keys', 'author_id', 'in_reply_to_user_id', 'referenced_tweets.id', 'referenced_tweets.id.author_id',
  'edit_history_tweet_ids',
];

/** Posts: create, read, list of an account, delete. */
export function tweetOperations(options: XTweetsOptions): readonly Operation[] {
  const attachments = openKeptMap(options.stateFile, 'x-tweet-media', object({ mediaIds: arrayOf(string()) }));
  const tweets: Tweets = {
    ...options,
    mediaIdsOf: (postId) => attachments.get(postId)?.mediaIds ?? [],
    setMediaIds: (postId, mediaIds) => attachments.set(postId, { mediaIds: [...mediaIds] }),
  };
  const read = ['tweet.read', 'users.read'];
  const shown = ['tweet.fields', 'expansions', 'media.fields', 'user.fields', 'poll.fields', 'place.fields'];
  const paged = ['max_results', 'pagination_token', 'since_id', 'until_id', 'start_time', 'end_time', 'exclude'];
  return [
    {
      name: 'tweets.create', method: 'POST', path: '/2/tweets', scopes: ['tweet.write', ...read], limit: 100, parameters: [],
      answer: (request, grant) => create(tweets, request, grant),
    },
    {
      name: 'users.tweets', path: '/2/users/:id/tweets', scopes: read, limit: 900, parameters: [...paged, ...shown],
      answer: (request) => list(tweets, request),
    },
    {
      name: 'tweets.byIds', path: '/2/tweets', scopes: read, limit: 900, parameters: ['ids', ...shown],
      answer: (request) => showMany(tweets, request),
    },
    {
      name: 'tweets.byId', path: '/2/tweets/:id', scopes: read, limit: 900, parameters: shown,
      answer: (request) => {
        const id = request.params['id'] ?? '';
        requireNumericId('id', id);
        const post = tweets.published.find(id);
        return post === null ? jsonReply(200, { errors: [describeMissing(id)] }) : showAll(tweets, request, { posts: [post], isOne: true });
      },
    },
    {
      name: 'tweets.delete', method: 'DELETE', path: '/2/tweets/:id', scopes: ['tweet.write', ...read], limit: 50, parameters: [],
      answer: (request, grant) => {
        const id = request.params['id'] ?? '';
        requireNumericId('id', id);
        const post = tweets.published.find(id);
        // Not documented for what is gone already; answered as a look at it is.
        if (post === null) return jsonReply(200, { errors: [describeMissing(id)] });
        if (post.accountId !== grant.accountId) return problem(403, {}, 'You are not authorized to delete this Tweet.');
        return jsonReply(200, { data: { deleted: tweets.published.remove(id) } });
      },
    },
  ];
}

/** Up to 100 ids; a missing one is an error beside the rest. */
function showMany(tweets: Tweets, request: SimulatedRequest): SimulatedReply {
  const ids = (request.query.get('ids') ?? '').split(',');
  if (ids.length > idsMax) throw new InvalidParameter('ids', ids.join(','), `The number of values in the \`ids\` query parameter list [${ids.length}] is not between 1 and ${idsMax}`);
  for (const id of ids) requireNumericId('ids', id);
  const posts = ids.flatMap((id) => tweets.published.find(id) ?? []);
  const missing = ids.filter((id) => tweets.published.find(id) === null);
  return showAll(tweets, request, { posts, isOne: false, hasNoMeta: true, errors: missing.map((id) => ({ ...describeMissing(id), parameter: 'ids' })) });
}

function describeMissing(id: string): Record<string, unknown> {
  return {
    value: id, detail: `Could not find tweet with id: [${id}].`, title: 'Not Found Error', resource_type: 'tweet', parameter: 'id',
    resource_id: id, type: `${problems}/resource-not-found`,
  };
}

function create(tweets: Tweets, request: SimulatedRequest, grant: SimulatedGrant): SimulatedReply {
  const body = readObject(readJson(request));
  const unknown = Object.keys(body).find((name) => !bodyFields.includes(name));
  if (unknown !== undefined) {
    return invalidRequest(`[$.${unknown}: is not defined in the schema and the schema does not allow additional properties]`);
  }
  const text = toText(body['text']).normalize('NFC').trim();
  const mediaIds = readMediaIds(body['media']);
  if (mediaIds === null) return invalidRequest('$.media.media_ids: there must be between 1 and 4 items in the array');
  if (text === '' && mediaIds.length === 0) return invalidRequest('`text` is required when no media, poll or quoted Tweet is given.');
  const isInvalid = (id: string): boolean => tweets.shelf.usable(id, grant.accountId) === null;
  const hasMixed = mediaIds.length > 1 && mediaIds.some((id) => tweets.shelf.usable(id, grant.accountId)?.category !== 'tweet_image');
  if (mediaIds.some(isInvalid) || hasMixed) return invalidRequest('Your media IDs are invalid.', { 'media.media_ids': mediaIds });
  if (weigh(text) > weightMax) {
    const more = 'For more information on how Twitter determines text length see https://github.com/twitter/twitter-text.';
    return invalidRequest(`Your Tweet text is too long. ${more}`, { text: [text] });
  }
  const reply = body['reply'] === undefined ? null : toText(readObject(body['reply'])['in_reply_to_tweet_id']);
  const { accountId } = grant;
  return refuse(tweets, { text, reply, accountId }) ?? publish(tweets, { text, reply, mediaIds, accountId });
}

function readMediaIds(media: unknown): readonly string[] | null {
  if (media === undefined) return [];
  const ids = readObject(media)['media_ids'];
  const texts = Array.isArray(ids) ? ids.map(toText) : [];
  return texts.length === 0 || texts.length > imagesMax || texts.includes('') || new Set(texts).size < texts.length ? null : texts;
}

function refuse(tweets: Tweets, wanted: { text: string; reply: string | null; accountId: string }): SimulatedReply | null {
  const { text, reply, accountId } = wanted;
  const parent = reply === null ? null : tweets.published.find(reply);
  if (reply !== null && parent === null) {
    return problem(403, {}, 'You attempted to reply to a Tweet that is deleted or not visible to you.');
  }
  if (parent !== null && parent.accountId !== accountId) {
    const reason = 'you have not been mentioned or otherwise engaged by the author of the post you are replying to.';
    return problem(403, {}, `Reply to this conversation is not allowed because ${reason}`);
  }
  const since = tweets.clock.now().getTime() - duplicateMs;
  const isSame = (post: SimulatedPost): boolean =>
    !post.isDeleted && post.accountId === accountId && post.text === text && post.createdAt.getTime() > since;
  const isDuplicate = text !== '' && tweets.published.all().some(isSame);
  return isDuplicate ? problem(403, {}, 'You are not allowed to create a Tweet with duplicate content.') : null;
}

function publish(
  tweets: Tweets,
  wanted: { text: string; reply: string | null; mediaIds: readonly string[]; accountId: string },
): SimulatedReply {
  const { text, reply, mediaIds, accountId } = wanted;
  // Snowflake: 41 bits of milliseconds, 22 of which machine and which one in turn.
  const serial = BigInt(tweets.published.all().length % 4_194_304);
  const id = String(((BigInt(tweets.clock.now().getTime()) - snowflakeEpoch) << 22n) | serial);
  if (mediaIds.length > 0) tweets.setMediaIds(id, mediaIds);
  const images = mediaIds.map((mediaId) => tweets.shelf.altTextOf(mediaId));
  const post = tweets.published.add({ id, accountId, text, images, replyTo: reply, isComment: false });
  return jsonReply(201, { data: { id, text: renderOf(tweets, post).text, edit_history_tweet_ids: [id] } });
}

function renderOf(tweets: Tweets, post: SimulatedPost): ReturnType<typeof renderText> {
  const handle = tweets.world.account(post.accountId)?.handle ?? 'i';
  return renderText({ id: post.id, handle, text: post.text, mediaKeys: tweets.mediaIdsOf(post.id).map((id) => tweets.shelf.keyOf(id)) });
}

function readTime(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) ? Date.parse(text) : Number.NaN;
  const message = `The \`${name}\` query parameter value [${text}] is not a valid RFC3339 date`;
  if (Number.isNaN(time)) throw new InvalidParameter(name, text, message);
  return Math.floor(time / 1000);
}

function readNumber(query: URLSearchParams, input: { name: string; fallback: number; from: number; to: number }): number {
  const text = query.get(input.name);
  const number = text === null ? input.fallback : Number(text);
  if (Number.isInteger(number) && number >= input.from && number <= input.to) return number;
  const message = `The \`${input.name}\` query parameter value [${text}] is not between ${input.from} and ${input.to}`;
  throw new InvalidParameter(input.name, text ?? '', message);
}

/** Newest first; a page token names the post that the next page begins after. */
function list(tweets: Tweets, request: SimulatedRequest): SimulatedReply {
  const { query } = request;
  const id = request.params['id'] ?? '';
  requireNumericId('id', id);
  const size = readNumber(query, { name: 'max_results', fallback: 10, from: 5, to: 100 });
  const token = query.get('pagination_token');
  if (token !== null && !/^p\d{1,19}$/.test(token)) {
    throw new InvalidParameter('pagination_token', token, `The \`pagination_token\` query parameter value [${token}] is not valid`);
  }
  const start = readTime(query, 'start_time');
  const end = readTime(query, 'end_time');
  for (const name of ['since_id', 'until_id']) if (query.has(name)) requireNumericId(name, query.get(name) ?? '');
  const before = BigInt(token?.slice(1) ?? query.get('until_id') ?? 2n ** 63n);
  const after = BigInt(query.get('since_id') ?? 0);
  const hasNoReplies = (query.get('exclude') ?? '').split(',').includes('replies');
  const isWanted = (post: SimulatedPost): boolean => {
    const second = Math.floor(post.createdAt.getTime() / 1000);
    if ((start !== null && second < start) || (end !== null && second >= end)) return false;
    return BigInt(post.id) < before && BigInt(post.id) > after && !(hasNoReplies && post.replyTo !== null);
  };
  const rest = tweets.published.listOf(id).filter(isWanted);
  return showAll(tweets, request, { posts: rest.slice(0, size), isOne: false, hasMore: rest.length > size });
}

function showAll(
  tweets: Tweets,
  request: SimulatedRequest,
  input: { posts: readonly SimulatedPost[]; isOne: boolean; hasMore?: boolean; hasNoMeta?: boolean; errors?: readonly Record<string, unknown>[] },
): SimulatedReply {
  const { posts, isOne } = input;
  const always = ['id', 'text', 'edit_history_tweet_ids'];
  const fields = readFieldList(request, { parameter: 'tweet.fields', known: tweetFields, always });
  const wanted = readFieldList(request, { parameter: 'media.fields', known: mediaFields, always: ['media_key', 'type'] });
  const expanded = readFieldList(request, { parameter: 'expansions', known: expansions, always: [] });
  const data = posts.map((post) => showTweet(tweets, post, fields));
  const media = posts.flatMap((post) => tweets.mediaIdsOf(post.id).map((id) => showMedia(tweets, id, wanted)));
  const hasMedia = expanded.has('attachments.media_keys') && media.length > 0;
  const last = posts.at(-1);
  const meta = {
    ...(last !== undefined && { newest_id: posts[0]?.id, oldest_id: last.id }),
    result_count: posts.length,
    ...(input.hasMore === true && last !== undefined && { next_token: `p${last.id}` }),
  };
  return jsonReply(200, {
    ...(data.length > 0 && { data: isOne ? data[0] : data }),
    ...(hasMedia && { includes: { media } }),
    ...(!isOne && input.hasNoMeta !== true && { meta }),
    ...(input.errors !== undefined && input.errors.length > 0 && { errors: input.errors }),
  });
}

function showMedia(tweets: Tweets, id: string, fields: ReadonlySet<string>): Record<string, unknown> {
  const altText = tweets.shelf.altTextOf(id);
  const url = `https://pbs.twimg.com/media/${id}.jpg`;
  const all = { media_key: tweets.shelf.keyOf(id), type: 'photo', url, ...(altText !== '' && { alt_text: altText }) };
  return Object.fromEntries(Object.entries(all).filter(([name]) => fields.has(name)));
}

function rootOf(tweets: Tweets, post: SimulatedPost): string {
  const byId = new Map(tweets.published.all().map((one) => [one.id, one]));
  let root = post;
  for (let parent = byId.get(root.replyTo ?? ''); parent !== undefined; parent = byId.get(root.replyTo ?? '')) root = parent;
  return root.id;
}

function showFigures(tweets: Tweets, post: SimulatedPost): Record<string, number> {
  const { views, likes, replies, reposts, quotes, saves } = figuresOf(tweets, post);
  const own = tweets.published.all().filter((one) => one.replyTo === post.id && !one.isDeleted).length;
  return {
    retweet_count: reposts, reply_count: own + replies, like_count: likes, quote_count: quotes, bookmark_count: saves, impression_count: views,
  };
}

function showTweet(tweets: Tweets, post: SimulatedPost, fields: ReadonlySet<string>): Record<string, unknown> {
  const { text, urls } = renderOf(tweets, post);
  const mediaKeys = tweets.mediaIdsOf(post.id).map((id) => tweets.shelf.keyOf(id));
  const all: Readonly<Record<string, unknown>> = {
    id: post.id,
    text,
    edit_history_tweet_ids: [post.id],
    author_id: post.accountId,
    conversation_id: rootOf(tweets, post),
    // X knows the millisecond, in the id, and says the second.
    created_at: `${post.createdAt.toISOString().slice(0, 19)}.000Z`,
    lang: 'en',
    possibly_sensitive: false,
    public_metrics: showFigures(tweets, post),
    ...(urls.length > 0 && { entities: { urls } }),
    ...(mediaKeys.length > 0 && { attachments: { media_keys: mediaKeys } }),
    ...(post.replyTo !== null && {
      referenced_tweets: [{ type: 'replied_to', id: post.replyTo }],
      in_reply_to_user_id: post.accountId,
    }),
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => fields.has(name)));
}
