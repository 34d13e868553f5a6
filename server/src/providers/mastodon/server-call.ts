import { requestJson, type JsonReply, type JsonRequest } from '../http-client.ts';
import type { ProviderCall } from '../provider.ts';
import { serverOf, type MastodonServer } from './address.ts';
import { mapReply } from './errors.ts';
import type { MastodonContext } from './oauth.ts';

/** The server that the account of this call lives on. */
export function serverFor(context: MastodonContext, call: ProviderCall): MastodonServer {
  return serverOf(call.tokens.extra['host'], context.environment.simulatorOrigin);
}

/** One call to the account's own server, whatever its answer. */
export function ask(
  context: MastodonContext, call: ProviderCall, path: string, more: Pick<JsonRequest, 'method' | 'body' | 'headers'> = {},
): Promise<JsonReply> {
  const url = new URL(path, serverFor(context, call).origin);
  return requestJson(context.http, { url, bearer: call.tokens.accessToken, signal: call.signal, ...more });
}

/** The answer, unless it is a refusal: that is thrown as what it stands for. */
export function succeed(context: MastodonContext, reply: JsonReply): JsonReply {
  const failure = mapReply(context.http, reply);
  if (failure !== null) throw failure;
  return reply;
}
