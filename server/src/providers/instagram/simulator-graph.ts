import type { FaultSwitches } from '../simulation/faults.ts';
import type { GrantBook, SimulatedGrant } from '../simulation/grant-book.ts';
import type { SimulatedRoute } from '../simulation/listen.ts';
import { createRateWindows, type RateReading } from '../simulation/rate-window.ts';
import { bearerOf, jsonReply, type SimulatedReply, type SimulatedRequest } from '../simulation/request.ts';
import { loginOf, type InstagramLogin } from './simulator-accounts.ts';
import { createContainer, publishContainer, showContainer, showPublishingLimit } from './simulator-containers.ts';
import { failureFor, graphError, rateLimitError } from './simulator-errors.ts';
import { answerInsights, answerMediaInsights } from './simulator-insights.ts';
import { addComment, deletePublished, listComments, listMedia, readFields, showPublished, type MediaParts } from './simulator-media.ts';
import { refuseToken } from './simulator-oauth.ts';
import { readParams } from './simulator-params.ts';

export interface GraphOptions extends MediaParts {
  readonly book: GrantBook;
  readonly faults: FaultSwitches;
}

/** Instagram's calls of an hour; the real allowance grows with an account's impressions. */
const callsPerHour = 4_800;
const hourSeconds = 3_600;
const publishScope = 'instagram_business_content_publish';
const commentScope = 'instagram_business_manage_comments';

/** One call of a signed-in account. */
interface Call {
  readonly graph: GraphOptions;
  readonly request: SimulatedRequest;
  readonly grant: SimulatedGrant;
  readonly login: InstagramLogin;
  readonly params: URLSearchParams;
}

/** Each path also with a version before it; the paths here name the counts, `answerNode` tells version from id. */
export function graphRoutes(graph: GraphOptions): readonly SimulatedRoute[] {
  const windows = createRateWindows(graph.clock, hourSeconds);
  const respond = async (request: SimulatedRequest): Promise<SimulatedReply> => {
    const params = await readParams(request);
    const token = bearerOf(request) ?? params.get('access_token') ?? '';
    const short = graph.book.read(token, 'short');
    const reading = short.outcome === 'unknown' ? graph.book.read(token, 'long') : short;
    if (reading.outcome !== 'ok') return refuseToken(graph.book, token, reading.outcome);
    const { grant } = reading;
    const rate = windows.count(grant.accountId, callsPerHour);
    const headers = usageHeaders(grant.accountId, rate);
    if (rate.isExceeded) return rateLimitError(0, headers);
    const login = loginOf(grant.accountId);
    const reply = login === null ? failureFor(404) : await answerNode({ graph, request, grant, login, params });
    return { ...reply, headers: { ...reply.headers, ...headers } };
  };
  const route = (name: string, path: string, method: SimulatedRoute['method'] = 'GET'): SimulatedRoute => ({
    name, method, path, handle: respond,
  });
  const edge = (name: string, path: string, method: SimulatedRoute['method'] = 'GET'): readonly SimulatedRoute[] => [
    route(name, `/:id/${path}`, method), route(name, `/:version/:id/${path}`, method),
  ];
  return [
    route('me', '/me'),
    route('me', '/:version/me'),
    ...edge('insights', 'insights'),
    ...edge('media.list', 'media'),
    ...edge('media.create', 'media', 'POST'),
    ...edge('media.publish', 'media_publish', 'POST'),
    ...edge('publishingLimit', 'content_publishing_limit'),
    ...edge('comments.list', 'comments'),
    ...edge('comments.create', 'comments', 'POST'),
    route('unknownEdge', '/:version/:id/:edge'),
    route('unknownEdge', '/:version/:id/:edge', 'POST'),
    route('node', '/:version/:id'),
    route('node', '/:id'),
    route('node.delete', '/:version/:id', 'DELETE'),
    route('node.delete', '/:id', 'DELETE'),
  ];
}

/** Shares of the allowance in per cent, as Meta states them. */
export function usageHeaders(userId: string, rate: RateReading): Record<string, string> {
  const used = Math.round((100 * (rate.limit - rate.remaining)) / rate.limit);
  const usage = { call_count: used, total_time: Math.floor(used / 2), total_cputime: Math.floor(used / 4) };
  const business = { type: 'instagram', ...usage, estimated_time_to_regain_access: rate.isExceeded ? 10 : 0 };
  return {
    'x-app-usage': JSON.stringify(usage),
    'x-business-use-case-usage': JSON.stringify({ [userId]: [business] }),
  };
}

async function answerNode(call: Call): Promise<SimulatedReply> {
  const { graph, request, login, params } = call;
  const segments = request.path.split('/').slice(1);
  if (/^v\d{1,2}\.\d$/.test(segments[0] ?? '')) segments.shift();
  const [id = '', edge, ...rest] = segments;
  if (rest.length > 0) return failureFor(404);
  if (id === 'me' || id === login.userId || id === login.appScopedId) return await answerOwn(call, edge);
  if (graph.containers.get(id) !== null) {
    const isOwn = graph.containers.get(id)?.accountId === login.userId;
    if (edge !== undefined || request.method !== 'GET' || !isOwn) return failureFor(404);
    return requireScope(call, publishScope) ?? showContainer(graph, id, readFields(params.get('fields'), 'id'));
  }
  return answerPublished(call, id, edge);
}

function requireScope(call: Call, scope: string): SimulatedReply | null {
  return call.grant.scopes.includes(scope) ? null : failureFor(403);
}

async function answerOwn(call: Call, edge: string | undefined): Promise<SimulatedReply> {
  const { graph, request, grant, login, params } = call;
  const { userId } = login;
  if (edge === undefined) return request.method === 'GET' ? answerProfile(graph, request, grant) : failureFor(404);
  if (edge === 'insights') {
    return requireScope(call, 'instagram_business_manage_insights') ?? answerInsights(graph, { userId, query: request.query });
  }
  if (edge === 'media' && request.method === 'GET') return listMedia(graph, userId, listingOf(call));
  if (edge === 'media') return requireScope(call, publishScope) ?? (await createContainer(graph, userId, params));
  if (edge === 'media_publish' && request.method === 'POST') {
    return requireScope(call, publishScope) ?? publishContainer(graph, userId, params.get('creation_id') ?? '');
  }
  if (edge === 'content_publishing_limit') return requireScope(call, publishScope) ?? showPublishingLimit(graph, userId, request.query);
  return nonexistingField(edge);
}

function listingOf(call: Call): { readonly query: URLSearchParams; readonly address: string } {
  return { query: call.params, address: call.request.origin + call.request.path };
}

/** A post, or a comment below one. Only the account's own posts, and what is below them, are there for it. */
function answerPublished(call: Call, id: string, edge: string | undefined): SimulatedReply {
  const { graph, request, login, params } = call;
  const post = graph.published.find(id);
  const media = post?.isComment === true ? graph.published.find(post.replyTo ?? '') : post;
  if (post === null || media?.accountId !== login.userId) return failureFor(404);
  if (request.method === 'DELETE') return (post.isComment ? requireScope(call, commentScope) : null) ?? deletePublished(graph, post);
  if (edge === undefined) return showPublished(graph, post, params);
  if (edge === 'insights' && !post.isComment) {
    return requireScope(call, 'instagram_business_manage_insights') ?? answerMediaInsights(graph, post, request.query);
  }
  if (edge !== 'comments' || post.isComment) return nonexistingField(edge);
  const refusal = requireScope(call, commentScope);
  if (refusal !== null) return refusal;
  if (request.method === 'GET') return listComments(graph, post, listingOf(call));
  return addComment(graph, post, { accountId: login.userId, message: params.get('message') ?? '' });
}

function nonexistingField(name: string): SimulatedReply {
  return graphError({ code: 100, message: `(#100) Tried accessing nonexisting field (${name})`, type: 'IGApiException' });
}

function answerProfile(graph: GraphOptions, request: SimulatedRequest, grant: SimulatedGrant): SimulatedReply {
  const account = graph.world.account(grant.accountId);
  const login = loginOf(grant.accountId);
  if (account === null || login === null) return failureFor(404);
  const all = new Map<string, unknown>([
    ['id', login.appScopedId],
    ['user_id', login.userId],
    ['username', account.handle],
    ['name', account.name],
    ['account_type', login.accountType],
    ['profile_picture_url', `https://scontent.cdninstagram.com/simulated/${login.userId}.jpg`],
    ['followers_count', Math.max(0, graph.world.edgesOf(account.id).length + graph.faults.countSkew)],
    ['follows_count', account.following],
    ['media_count', account.posts],
    ['biography', ''],
    ['website', ''],
  ]);
  const fields = (request.query.get('fields') ?? 'id').split(',').filter((field) => field !== '');
  const unknown = fields.find((field) => !all.has(field));
  if (unknown !== undefined) return nonexistingField(unknown);
  // `id` always comes along.
  return jsonReply(200, Object.fromEntries([...new Set([...fields, 'id'])].map((field) => [field, all.get(field)])));
}
