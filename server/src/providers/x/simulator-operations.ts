import type { Clock } from '../../platform/clock.ts';
import type { FaultSwitches } from '../simulation/faults.ts';
import type { GrantBook, SimulatedGrant } from '../simulation/grant-book.ts';
import type { SimulatedRoute } from '../simulation/listen.ts';
import { createRateWindows, type RateReading } from '../simulation/rate-window.ts';
import { bearerOf, BodyError, jsonReply, type SimulatedReply, type SimulatedRequest } from '../simulation/request.ts';
import type { World } from '../simulation/world.ts';
import { InvalidParameter } from './simulator-parameters.ts';

export interface XApiOptions {
  readonly clock: Clock;
  readonly world: World;
  readonly book: GrantBook;
  readonly faults: FaultSwitches;
}

/** One operation of X's API version 2, as its reference describes it. */
export interface Operation {
  readonly name: string;
  /** GET without it. */
  readonly method?: SimulatedRoute['method'];
  readonly path: string;
  readonly scopes: readonly string[];
  /** Calls per user in 15 minutes (X's rate limit page; of these the 300 of followers is confirmed). */
  readonly limit: number;
  /** Names that the query may have. */
  readonly parameters: readonly string[];
  answer(request: SimulatedRequest, grant: SimulatedGrant): SimulatedReply | Promise<SimulatedReply>;
}

const windowSeconds = 900;

export const problems = 'https://api.twitter.com/2/problems';

/** The problem document of a failure that is not about one parameter. */
export function problem(status: number, headers: Readonly<Record<string, string>> = {}, detail?: string): SimulatedReply {
  const titles: Readonly<Record<number, string>> = {
    400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 413: 'Payload Too Large',
    415: 'Unsupported Media Type', 429: 'Too Many Requests', 500: 'Internal Server Error', 502: 'Bad Gateway', 503: 'Service Unavailable',
  };
  const title = titles[status] ?? 'Error';
  return jsonReply(status, { title, detail: detail ?? title, type: 'about:blank', status }, headers);
}

/** X's answer to a request with something wrong in its query or body. */
export function invalidRequest(message: string, parameters: Readonly<Record<string, readonly string[]>> = {}): SimulatedReply {
  return jsonReply(400, {
    errors: [{ parameters, message }],
    title: 'Invalid Request',
    detail: 'One or more parameters to your request was invalid.',
    type: `${problems}/invalid-request`,
  });
}

/** Routes that check token, rate and scopes before the operation answers, and the answer to a rate-limit fault in the same form. */
export function xOperations(options: XApiOptions, operations: readonly Operation[]): {
  readonly routes: readonly SimulatedRoute[];
  rateLimit(request: SimulatedRequest): SimulatedReply;
} {
  const windows = createRateWindows(options.clock, windowSeconds);
  const routes = operations.map((operation): SimulatedRoute => ({
    name: operation.name,
    method: operation.method ?? 'GET',
    path: operation.path,
    handle: async (request) => {
      const reading = options.book.read(bearerOf(request) ?? '', 'access');
      if (reading.outcome !== 'ok') return problem(401);
      const rate = windows.count(`${reading.grant.accountId} ${operation.name}`, operation.limit);
      if (rate.isExceeded) return problem(429, rateHeaders(rate));
      const isAllowed = operation.scopes.every((scope) => reading.grant.scopes.includes(scope));
      const reply = isAllowed ? await answerChecked(operation, request, reading.grant) : problem(403);
      return { ...reply, headers: { ...reply.headers, ...rateHeaders(rate) } };
    },
  }));
  return {
    routes,
    rateLimit: (request) => {
      const operation = operations.find((one) => (one.method ?? 'GET') === request.method && isPathOf(one.path, request.path));
      return problem(429, rateHeaders(windows.exhaust(`fault ${request.path}`, operation?.limit ?? 75)));
    },
  };
}

function isPathOf(pattern: string, path: string): boolean {
  const segments = path.split('/');
  const wanted = pattern.split('/');
  if (wanted.length !== segments.length) return false;
  return wanted.every((segment, position) => segment.startsWith(':') || segment === segments[position]);
}

function rateHeaders(rate: RateReading): Record<string, string> {
  return {
    'x-rate-limit-limit': String(rate.limit),
    'x-rate-limit-remaining': String(rate.remaining),
    'x-rate-limit-reset': String(rate.resetAt.getTime() / 1000),
  };
}

async function answerChecked(operation: Operation, request: SimulatedRequest, grant: SimulatedGrant): Promise<SimulatedReply> {
  try {
    for (const name of request.query.keys()) {
      if (operation.parameters.includes(name)) continue;
      const allowed = operation.parameters.join(',');
      throw new InvalidParameter(name, request.query.get(name) ?? '', `The query parameter [${name}] is not one of [${allowed}]`);
    }
    return await operation.answer(request, grant);
  } catch (error) {
    if (error instanceof InvalidParameter) return invalidRequest(error.message, { [error.parameter]: [error.value] });
    if (error instanceof BodyError && error.status === 400) return invalidRequest('Requests with bodies must have valid content.');
    throw error;
  }
}

export function requireNumericId(parameter: string, id: string): void {
  if (/^\d{1,19}$/.test(id)) return;
  throw new InvalidParameter(parameter, id, `The \`${parameter}\` query parameter value [${id}] is not valid`);
}

/** The fields asked for in a comma list, with those that always come. An unknown one is refused. */
export function readFieldList(
  request: SimulatedRequest,
  input: { parameter: string; known: readonly string[]; always: readonly string[] },
): ReadonlySet<string> {
  const { parameter, known, always } = input;
  const fields = (request.query.get(parameter) ?? '').split(',').filter((field) => field !== '');
  const unknown = fields.find((field) => !known.includes(field));
  if (unknown === undefined) return new Set([...fields, ...always]);
  const message = `The \`${parameter}\` query parameter value [${unknown}] is not one of [${known.join(',')}]`;
  throw new InvalidParameter(parameter, fields.join(','), message);
}
