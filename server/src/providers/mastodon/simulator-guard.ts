import type { FaultSwitches } from '../simulation/faults.ts';
import type { SimulatedRoute } from '../simulation/listen.ts';
import { bearerOf, jsonReply, type SimulatedReply, type SimulatedRequest } from '../simulation/request.ts';
import type { World } from '../simulation/world.ts';
import type { AccessToken, Grants } from './simulator-grants.ts';
import type { Throttle } from './simulator-throttle.ts';

export interface ApiParts {
  readonly grants: Grants;
  readonly world: World;
  readonly faults: FaultSwitches;
  readonly throttle: Throttle;
}

/** Who asks: a valid token, or nobody. */
export interface Caller {
  readonly request: SimulatedRequest;
  readonly token: AccessToken | null;
}

export type Answer<Parts extends ApiParts> = (parts: Parts, caller: Caller) => SimulatedReply | Promise<SimulatedReply>;

const tokenProblems = {
  unknown: 'The access token is invalid',
  revoked: 'The access token was revoked',
  expired: 'The access token expired',
} as const;

export function notFound(): SimulatedReply {
  return jsonReply(404, { error: 'Record not found' });
}

/** 422 as Mastodon says it. */
export function refuseInput(message: string): SimulatedReply {
  return jsonReply(422, { error: message });
}

export function refuseToken(problem: keyof typeof tokenProblems): SimulatedReply {
  const error = tokenProblems[problem];
  const challenge = `Bearer realm="Doorkeeper", error="invalid_token", error_description="${error}"`;
  return jsonReply(401, { error }, { 'www-authenticate': challenge });
}

function withHeaders(reply: SimulatedReply, headers: Readonly<Record<string, string>>): SimulatedReply {
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

/** Puts throttling, the token and its scopes before the answer. `needsPerson` refuses callers without a person behind them. */
export function guard<Parts extends ApiParts>(
  parts: Parts,
  rule: { scopes: readonly string[]; needsPerson: boolean },
  answer: Answer<Parts>,
): SimulatedRoute['handle'] {
  return async (request) => {
    const text = bearerOf(request);
    const token = text === null ? null : parts.grants.findToken(text);
    const reading = parts.throttle.count(request, token);
    if (reading.isExceeded) return parts.throttle.refuse(reading);
    const refusal = refuseCaller(rule, text, token);
    return withHeaders(refusal ?? (await answer(parts, { request, token })), parts.throttle.headersOf(reading));
  };
}

function refuseCaller(
  rule: { scopes: readonly string[]; needsPerson: boolean },
  text: string | null,
  token: AccessToken | null,
): SimulatedReply | null {
  if (text !== null && token === null) return refuseToken('unknown');
  if (token !== null && token.state !== 'valid') return refuseToken(token.state);
  if (rule.needsPerson && token === null) return refuseToken('unknown');
  if (token !== null && !rule.scopes.some((scope) => token.scopes.includes(scope))) {
    return jsonReply(403, { error: 'This action is outside the authorized scopes' });
  }
  return rule.needsPerson && token?.accountId === null ? refuseInput('This method requires an authenticated user') : null;
}
