import { controlRoutes } from '../simulation/control.ts';
import { createFaults, type FaultSwitches } from '../simulation/faults.ts';
import { openGrantBook, type GrantBook, type SimulatedGrant } from '../simulation/grant-book.ts';
import { createRequestCounter, listenSimulator, type SimulatedRoute } from '../simulation/listen.ts';
import { openPostBook } from '../simulation/post-book.ts';
import { createRateWindows, type RateReading } from '../simulation/rate-window.ts';
import { bearerOf, jsonReply, type SimulatedReply, type SimulatedRequest } from '../simulation/request.ts';
import type { RunningSimulator, SimulatorOptions, World } from '../simulation/world.ts';
import { createInstagramWorld, loginOf } from './simulator-accounts.ts';
import { failureFor, graphError, rateLimitError, tokenError } from './simulator-errors.ts';
import { answerInsights } from './simulator-insights.ts';
import { instagramOauthRoutes, refuseToken } from './simulator-oauth.ts';

export { simulatorCredentials } from './simulator-oauth.ts';

interface GraphOptions {
  readonly options: SimulatorOptions;
  readonly world: World;
  readonly book: GrantBook;
  readonly faults: FaultSwitches;
}

/** Instagram's calls of an hour; the real allowance grows with an account's impressions. */
const callsPerHour = 4_800;
const hourSeconds = 3_600;

/** www, api and graph.instagram.com on one loopback origin. Sessions can also be broken by `failNext(n, 458 | 460 | 463)`. */
export async function startInstagramSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const { clock, stateFile } = options;
  const world = createInstagramWorld(options);
  const book = openGrantBook({ clock, stateFile });
  const faults = createFaults({
    expireTokens: () => {
      book.expireAll('short');
      book.expireAll('long');
    },
    revokeGrants: () => book.revokeAll(),
  });
  const published = openPostBook({ clock, stateFile, faults });
  const counts = createRequestCounter();
  const oauth = instagramOauthRoutes({ clock, world, book, counts, redirectUris: options.redirectUris ?? null });
  const control = options.control === true ? controlRoutes({ world, faults, counts: () => counts.read(), posts: () => published.all() }) : [];
  let refusals = 0;
  const listening = await listenSimulator({
    port: options.port,
    routes: [...oauth, ...control, ...graphRoutes({ options, world, book, faults })],
    faults,
    counts,
    errors: {
      failure: (status, request) =>
        request.path === '/oauth/access_token' && status < 458 ? tokenError('Invalid request.', status) : failureFor(status),
      rateLimit: () => rateLimitError(refusals++, usageHeaders('0', { limit: 1, remaining: 0, resetAt: clock.now(), isExceeded: true })),
    },
  });
  return {
    network: 'instagram', origin: listening.origin, world, faults, counts: listening.counts, posts: () => published.all(), close: listening.close,
  };
}

/** Each path also with a version before it; the paths here name the counts, `answerNode` tells version from id. */
function graphRoutes(graph: GraphOptions): readonly SimulatedRoute[] {
  const windows = createRateWindows(graph.options.clock, hourSeconds);
  const respond = (request: SimulatedRequest): SimulatedReply => {
    const token = bearerOf(request) ?? request.query.get('access_token') ?? '';
    const short = graph.book.read(token, 'short');
    const reading = short.outcome === 'unknown' ? graph.book.read(token, 'long') : short;
    if (reading.outcome !== 'ok') return refuseToken(graph.book, token, reading.outcome);
    const { grant } = reading;
    const rate = windows.count(grant.accountId, callsPerHour);
    const headers = usageHeaders(grant.accountId, rate);
    if (rate.isExceeded) return rateLimitError(0, headers);
    const reply = answerNode(graph, request, grant);
    return { ...reply, headers: { ...reply.headers, ...headers } };
  };
  const route = (name: string, path: string): SimulatedRoute => ({ name, method: 'GET', path, handle: respond });
  return [
    route('me', '/me'),
    route('me', '/:version/me'),
    route('insights', '/:id/insights'),
    route('insights', '/:version/:id/insights'),
    route('unknownEdge', '/:version/:id/:edge'),
    route('node', '/:version/:id'),
    route('node', '/:id'),
  ];
}

/** Shares of the allowance in per cent, as Meta states them. */
function usageHeaders(userId: string, rate: RateReading): Record<string, string> {
  const used = Math.round((100 * (rate.limit - rate.remaining)) / rate.limit);
  const usage = { call_count: used, total_time: Math.floor(used / 2), total_cputime: Math.floor(used / 4) };
  const business = { type: 'instagram', ...usage, estimated_time_to_regain_access: rate.isExceeded ? 10 : 0 };
  return {
    'x-app-usage': JSON.stringify(usage),
    'x-business-use-case-usage': JSON.stringify({ [userId]: [business] }),
  };
}

function answerNode(graph: GraphOptions, request: SimulatedRequest, grant: SimulatedGrant): SimulatedReply {
  const login = loginOf(grant.accountId);
  const segments = request.path.split('/').slice(1);
  if (/^v\d{1,2}\.\d$/.test(segments[0] ?? '')) segments.shift();
  const [id, edge, ...rest] = segments;
  const isOwn = id === 'me' || id === login?.userId || id === login?.appScopedId;
  if (login === null || !isOwn || rest.length > 0) return failureFor(404);
  if (edge === undefined) return answerProfile(graph, request, grant);
  if (edge !== 'insights') return nonexistingField(edge);
  if (!grant.scopes.includes('instagram_business_manage_insights')) return failureFor(403);
  return answerInsights({ clock: graph.options.clock, world: graph.world }, { userId: login.userId, query: request.query });
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
