import { boolean, integer, nullable, object, optional, oneOf, string, type Static } from '@rookery/contract/schema.ts';
import { Check } from 'typebox/value';
import type { FaultSwitches } from './faults.ts';
import type { SimulatedRoute } from './listen.ts';
import { jsonReply, readJson, type SimulatedReply, type SimulatedRequest } from './request.ts';
import type { RequestCounts, SimulatedPost, World } from './world.ts';

const commandSchema = object({
  /** Id or handle; the first account without it. */
  account: optional(string()),
  /** Id or handle. */
  person: optional(string()),
  handle: optional(string()),
  state: optional(oneOf(['active', 'suspended', 'deactivated'])),
  frozen: optional(boolean()),
  fault: optional(
    oneOf([
      'dropNext', 'loseNext', 'garbleNext', 'failNext', 'rateLimitNext', 'delayAll', 'truncateFollowersAt', 'hideFollowers',
      'skewCount', 'delayVisibility', 'limitText', 'expireTokens', 'revokeGrants', 'reset',
    ]),
  ),
  n: optional(nullable(integer())),
  status: optional(integer({ minimum: 400, maximum: 599 })),
  path: optional(string()),
  hidden: optional(boolean()),
});

type Command = Static<typeof commandSchema>;

interface Controlled {
  readonly world: World;
  readonly faults: FaultSwitches;
  counts(): RequestCounts;
  posts(): readonly SimulatedPost[];
}

/** A command that cannot be carried out; the message says what to send. */
class CommandError extends Error {}

/**
 * Routes by which another process moves the world: POST JSON to `/_control/follow`, `unfollow`, `setState`, `rename`,
 * `freeze`, `faults`; GET `/_control/counts`, `/_control/posts` and `/_control/followers`. POST only takes `application/json` and
 * a loopback Host, so that no web page can use it through a browser.
 */
export function controlRoutes(options: Controlled): readonly SimulatedRoute[] {
  const { world, faults } = options;
  const post = (verb: string, run: (command: Command) => unknown): SimulatedRoute => ({
    name: `_control.${verb}`,
    method: 'POST',
    path: `/_control/${verb}`,
    isControl: true,
    handle: (request) => guard(request, () => run(readCommand(request))),
  });
  const get = (noun: string, read: (query: URLSearchParams) => unknown): SimulatedRoute => ({
    name: `_control.${noun}`,
    method: 'GET',
    path: `/_control/${noun}`,
    isControl: true,
    handle: (request) => guard(request, () => read(request.query)),
  });
  return [
    post('follow', (command) => {
      const accountId = findAccount(world, command.account);
      return { person: world.follow(accountId, command.person === undefined ? undefined : findPerson(world, command.person)) };
    }),
    post('unfollow', (command) => world.unfollow(findAccount(world, command.account), findPerson(world, command.person))),
    post('setState', (command) => world.setState(findPerson(world, command.person), need(command.state, 'state'))),
    post('rename', (command) => world.rename(findPerson(world, command.person), need(command.handle, 'handle'))),
    post('freeze', (command) => world.freeze(need(command.frozen, 'frozen'))),
    post('faults', (command) => setFault(faults, command)),
    get('counts', () => options.counts()),
    get('posts', () => ({ posts: options.posts() })),
    get('followers', (query) => {
      const followers = world.followersOf(findAccount(world, query.get('account') ?? undefined));
      return { total: followers.length, followers: followers.slice(0, Number(query.get('limit') ?? 100)) };
    }),
  ];
}

function guard(request: SimulatedRequest, run: () => unknown): SimulatedReply {
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) return jsonReply(403, { error: 'Only by loopback address.' });
  try {
    return jsonReply(200, run() ?? { ok: true });
  } catch (error) {
    if (error instanceof CommandError) return jsonReply(400, { error: error.message });
    throw error;
  }
}

function readCommand(request: SimulatedRequest): Command {
  const command = readJson(request);
  if (!Check(commandSchema, command)) throw new CommandError('The command has a field of a wrong type or value.');
  return command;
}

function need<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new CommandError(`Send "${name}".`);
  return value;
}

function findAccount(world: World, wanted: string | undefined): string {
  const account = world.accounts.find((one) => wanted === undefined || one.id === wanted || one.handle === wanted);
  if (account === undefined) throw new CommandError(`There is no account "${wanted}".`);
  return account.id;
}

function findPerson(world: World, wanted: string | undefined): string {
  const name = need(wanted, 'person');
  const person = world.person(name) ?? world.personByHandle(name);
  if (person === null) throw new CommandError(`There is no person "${name}".`);
  return person.id;
}

function setFault(faults: FaultSwitches, command: Command): void {
  const { fault, path = '' } = command;
  const n = command.n ?? 1;
  switch (need(fault, 'fault')) {
    case 'dropNext':
      return faults.dropNext(n, path);
    case 'loseNext':
      return faults.loseNext(n, path);
    case 'garbleNext':
      return faults.garbleNext(n, path);
    case 'failNext':
      return faults.failNext(n, command.status ?? 503, path);
    case 'rateLimitNext':
      return faults.rateLimitNext(n, path);
    case 'delayAll':
      return faults.delayAll(command.n ?? 0);
    case 'truncateFollowersAt':
      return faults.truncateFollowersAt(command.n ?? null);
    case 'hideFollowers':
      return faults.hideFollowers(command.hidden ?? true);
    case 'skewCount':
      return faults.skewCount(command.n ?? 0);
    case 'delayVisibility':
      return faults.delayVisibility(command.n ?? 0);
    case 'limitText':
      return faults.limitText(command.n ?? null);
    case 'expireTokens':
      return faults.expireTokens();
    case 'revokeGrants':
      return faults.revokeGrants();
    case 'reset':
      return faults.reset();
  }
}
