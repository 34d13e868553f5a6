import type { Clock } from '../../platform/clock.ts';
import { applyListFaults, type FaultSwitches } from '../simulation/faults.ts';
import type { GrantBook, SimulatedGrant } from '../simulation/grant-book.ts';
import type { SimulatedRoute } from '../simulation/listen.ts';
import { hashParts } from '../simulation/random.ts';
import { createRateWindows, type RateReading } from '../simulation/rate-window.ts';
import { bearerOf, jsonReply, type SimulatedReply, type SimulatedRequest } from '../simulation/request.ts';
import type { SimulatedAccount, SimulatedPerson, World } from '../simulation/world.ts';
import { readFollowersPage } from './simulator-followers.ts';
import { InvalidParameter } from './simulator-parameters.ts';

export interface XUsersOptions {
  readonly clock: Clock;
  readonly world: World;
  readonly book: GrantBook;
  readonly faults: FaultSwitches;
}

interface Operation {
  readonly name: string;
  readonly path: string;
  readonly scopes: readonly string[];
  /** Calls per user in 15 minutes (X's rate limit page; of these the 300 of followers is confirmed). */
  readonly limit: number;
  readonly parameters: readonly string[];
  answer(request: SimulatedRequest, grant: SimulatedGrant): SimulatedReply;
}

const windowSeconds = 900;
const idsMax = 100;
const problems = 'https://api.twitter.com/2/problems';
const userFields = (
  'affiliation connection_status created_at description entities id location most_recent_tweet_id name pinned_tweet_id ' +
  'profile_banner_url profile_image_url protected public_metrics receives_your_dm subscription_type url username verified ' +
  'verified_type withheld'
).split(' ');

/** The problem document of a failure that is not about one parameter. */
export function problem(status: number, headers: Readonly<Record<string, string>> = {}): SimulatedReply {
  const titles: Readonly<Record<number, string>> = {
    400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 429: 'Too Many Requests',
    500: 'Internal Server Error', 502: 'Bad Gateway', 503: 'Service Unavailable',
  };
  const title = titles[status] ?? 'Error';
  return jsonReply(status, { title, detail: title, type: 'about:blank', status }, headers);
}

/** The routes below `/2/users`, and the answer to a rate-limit fault in the same form. */
export function xUsers(options: XUsersOptions): {
  readonly routes: readonly SimulatedRoute[];
  rateLimit(request: SimulatedRequest): SimulatedReply;
} {
  const windows = createRateWindows(options.clock, windowSeconds);
  const operations = describeOperations(options);
  const routes = operations.map((operation): SimulatedRoute => ({
    name: operation.name,
    method: 'GET',
    path: operation.path,
    handle: (request) => {
      const reading = options.book.read(bearerOf(request) ?? '', 'access');
      if (reading.outcome !== 'ok') return problem(401);
      const rate = windows.count(`${reading.grant.accountId} ${operation.name}`, operation.limit);
      if (rate.isExceeded) return problem(429, rateHeaders(rate));
      const isAllowed = operation.scopes.every((scope) => reading.grant.scopes.includes(scope));
      const reply = isAllowed ? answerChecked(operation, request, reading.grant) : problem(403);
      return { ...reply, headers: { ...reply.headers, ...rateHeaders(rate) } };
    },
  }));
  return {
    routes,
    rateLimit: (request) => {
      const isList = request.path.endsWith('/followers');
      return problem(429, rateHeaders(windows.exhaust(`fault ${request.path}`, isList ? 300 : 75)));
    },
  };
}

function rateHeaders(rate: RateReading): Record<string, string> {
  return {
    'x-rate-limit-limit': String(rate.limit),
    'x-rate-limit-remaining': String(rate.remaining),
    'x-rate-limit-reset': String(rate.resetAt.getTime() / 1000),
  };
}

function answerChecked(operation: Operation, request: SimulatedRequest, grant: SimulatedGrant): SimulatedReply {
  try {
    for (const name of request.query.keys()) {
      if (operation.parameters.includes(name)) continue;
      const allowed = operation.parameters.join(',');
      throw new InvalidParameter(name, request.query.get(name) ?? '', `The query parameter [${name}] is not one of [${allowed}]`);
    }
    return operation.answer(request, grant);
  } catch (error) {
    if (!(error instanceof InvalidParameter)) throw error;
    return jsonReply(400, {
      errors: [{ parameters: { [error.parameter]: [error.value] }, message: error.message }],
      title: 'Invalid Request',
      detail: 'One or more parameters to your request was invalid.',
      type: `${problems}/invalid-request`,
    });
  }
}

function describeOperations(options: XUsersOptions): readonly Operation[] {
  const { world, faults } = options;
  const common = ['user.fields', 'expansions', 'tweet.fields'];
  const read = ['users.read', 'tweet.read'];
  return [
    {
      name: 'users.me', path: '/2/users/me', scopes: read, limit: 75, parameters: common,
      answer: (request, grant) => {
        const fields = readFields(request);
        const account = world.account(grant.accountId);
        return account === null ? problem(401) : jsonReply(200, { data: showAccount(options, account, fields) });
      },
    },
    {
      name: 'users.lookup', path: '/2/users', scopes: read, limit: 900, parameters: ['ids', ...common],
      answer: (request) => {
        const ids = (request.query.get('ids') ?? '').split(',').filter((id) => id !== '');
        if (ids.length === 0 || ids.length > idsMax) {
          const message = `The number of values in the \`ids\` query parameter list [${ids.length}] is not between 1 and ${idsMax}`;
          throw new InvalidParameter('ids', request.query.get('ids') ?? '', message);
        }
        return lookUp(options, { ids, parameter: 'ids', fields: readFields(request) });
      },
    },
    {
      name: 'users.byId', path: '/2/users/:id', scopes: read, limit: 900, parameters: common,
      answer: (request) => lookUp(options, { ids: [request.params['id'] ?? ''], parameter: 'id', fields: readFields(request) }),
    },
    {
      name: 'users.followers', path: '/2/users/:id/followers', scopes: ['follows.read', ...read], limit: 300,
      parameters: ['max_results', 'pagination_token', ...common],
      answer: (request) => {
        const id = request.params['id'] ?? '';
        const fields = readFields(request);
        requireNumericId('id', id);
        if (world.account(id) === null && !isVisible(world.person(id))) {
          return lookUp(options, { ids: [id], parameter: 'id', fields });
        }
        const edges = world.account(id) === null ? [] : applyListFaults(faults, world.edgesOf(id));
        const { rows, meta } = readFollowersPage({ accountId: id, edges, query: request.query });
        const data = rows.map((edge) => showPerson(edge.person, fields));
        return jsonReply(200, { ...(data.length > 0 && { data }), meta });
      },
    },
  ];
}

function requireNumericId(parameter: string, id: string): void {
  if (/^\d{1,19}$/.test(id)) return;
  throw new InvalidParameter(parameter, id, `The \`${parameter}\` query parameter value [${id}] is not valid`);
}

function readFields(request: SimulatedRequest): ReadonlySet<string> {
  const fields = (request.query.get('user.fields') ?? '').split(',').filter((field) => field !== '');
  const unknown = fields.find((field) => !userFields.includes(field));
  if (unknown === undefined) return new Set([...fields, 'id', 'name', 'username']);
  const message = `The \`user.fields\` query parameter value [${unknown}] is not one of [${userFields.join(',')}]`;
  throw new InvalidParameter('user.fields', fields.join(','), message);
}

function isVisible(person: SimulatedPerson | null): person is SimulatedPerson {
  return person?.state === 'active';
}

/** Users that exist under `data`, the others under `errors`, with status 200 for both. */
function lookUp(
  options: XUsersOptions,
  input: { ids: readonly string[]; parameter: 'id' | 'ids'; fields: ReadonlySet<string> },
): SimulatedReply {
  const data: Record<string, unknown>[] = [];
  const errors: Record<string, unknown>[] = [];
  for (const id of input.ids) {
    requireNumericId(input.parameter, id);
    const account = options.world.account(id);
    const person = options.world.person(id);
    if (account !== null) data.push(showAccount(options, account, input.fields));
    else if (isVisible(person)) data.push(showPerson(person, input.fields));
    else errors.push(describeMissing(id, input.parameter, person));
  }
  const found = input.parameter === 'ids' ? data : data[0];
  return jsonReply(200, { ...(data.length > 0 && { data: found }), ...(errors.length > 0 && { errors }) });
}

function describeMissing(id: string, parameter: 'id' | 'ids', person: SimulatedPerson | null): Record<string, unknown> {
  const isSuspended = person?.state === 'suspended';
  return {
    value: id,
    detail: isSuspended ? `User has been suspended: [${id}].` : `Could not find user with ${parameter}: [${id}].`,
    title: isSuspended ? 'Forbidden' : 'Not Found Error',
    resource_type: 'user',
    parameter,
    resource_id: id,
    type: `${problems}/resource-not-found`,
  };
}

interface Shown {
  readonly id: string;
  readonly name: string;
  readonly username: string;
  readonly verified: boolean;
  readonly verifiedType: 'blue' | 'business' | 'none';
  readonly metrics: Readonly<Record<string, number>>;
}

function showAccount(options: XUsersOptions, account: SimulatedAccount, fields: ReadonlySet<string>): Record<string, unknown> {
  const followers = options.world.edgesOf(account.id).length + options.faults.countSkew;
  return showUser(
    {
      id: account.id, name: account.name, username: account.handle, verified: false, verifiedType: 'none',
      metrics: metricsOf({ followers: Math.max(0, followers), following: account.following, posts: account.posts }),
    },
    fields,
  );
}

function showPerson(person: SimulatedPerson, fields: ReadonlySet<string>): Record<string, unknown> {
  const draw = hashParts(Number(BigInt(person.id) % 2n ** 31n));
  return showUser(
    {
      id: person.id, name: person.name, username: person.handle, verified: person.verified,
      verifiedType: !person.verified ? 'none' : draw % 9 === 0 ? 'business' : 'blue',
      metrics: metricsOf({ followers: person.followers, following: 20 + (draw % 900), posts: draw % 5000 }),
    },
    fields,
  );
}

function metricsOf(counts: { followers: number; following: number; posts: number }): Readonly<Record<string, number>> {
  return {
    followers_count: counts.followers, following_count: counts.following, tweet_count: counts.posts,
    listed_count: Math.floor(counts.followers / 90), like_count: counts.posts * 3, media_count: Math.floor(counts.posts / 4),
  };
}

function showUser(user: Shown, fields: ReadonlySet<string>): Record<string, unknown> {
  const created = Date.UTC(2009, 0, 1) + (hashParts(Number(BigInt(user.id) % 2n ** 31n), 2) % 5500) * 86_400_000;
  const all: Readonly<Record<string, unknown>> = {
    id: user.id, name: user.name, username: user.username, verified: user.verified, verified_type: user.verifiedType,
    created_at: new Date(created).toISOString(), description: '', protected: false, public_metrics: user.metrics,
    profile_image_url: `https://pbs.twimg.com/profile_images/${user.id}/simulated_normal.jpg`,
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => fields.has(name)));
}
