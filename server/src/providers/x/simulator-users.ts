import { applyListFaults } from '../simulation/faults.ts';
import { hashParts } from '../simulation/random.ts';
import { jsonReply, type SimulatedReply, type SimulatedRequest } from '../simulation/request.ts';
import type { SimulatedAccount, SimulatedPerson } from '../simulation/world.ts';
import { readFollowersPage } from './simulator-followers.ts';
import { problem, problems, readFieldList, requireNumericId, type Operation, type XApiOptions } from './simulator-operations.ts';
import { InvalidParameter } from './simulator-parameters.ts';

const idsMax = 100;
const userFields = (
  'affiliation connection_status created_at description entities id location most_recent_tweet_id name pinned_tweet_id ' +
  'profile_banner_url profile_image_url protected public_metrics receives_your_dm subscription_type url username verified ' +
  'verified_type withheld'
).split(' ');

/** The operations on users: the signed-in one, others by id, followers. */
export function userOperations(options: XApiOptions): readonly Operation[] {
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

function readFields(request: SimulatedRequest): ReadonlySet<string> {
  return readFieldList(request, { parameter: 'user.fields', known: userFields, always: ['id', 'name', 'username'] });
}

function isVisible(person: SimulatedPerson | null): person is SimulatedPerson {
  return person?.state === 'active';
}

/** Users that exist under `data`, the others under `errors`, with status 200 for both. */
function lookUp(
  options: XApiOptions,
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

function showAccount(options: XApiOptions, account: SimulatedAccount, fields: ReadonlySet<string>): Record<string, unknown> {
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
