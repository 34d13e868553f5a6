import { requestJson, type HttpClient, type JsonReply } from '../http-client.ts';
import { isRecord, required, type JsonRecord } from '../json.ts';
import type { ProviderCall } from '../provider.ts';
import { publishFailureOf } from './publish-errors.ts';

/** graph.instagram.com as publishing uses it. */
export interface Graph {
  readonly http: HttpClient;
  readonly origin: string;
  /** Answers whatever came. */
  get(call: ProviderCall, path: string, query: Readonly<Record<string, string>>): Promise<JsonReply>;
  /** Answers a success; throws what a refusal stands for. */
  post(call: ProviderCall, path: string, form: Readonly<Record<string, string>>): Promise<JsonRecord>;
}

export function createGraph(http: HttpClient, origin: string): Graph {
  return {
    http, origin,
    get(call, path, query) {
      const url = new URL(`${origin}${path}`);
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      return requestJson(http, { url, bearer: call.tokens.accessToken, signal: call.signal });
    },
    async post(call, path, form) {
      const reply = await requestJson(http, {
        url: new URL(`${origin}${path}`), method: 'POST', bearer: call.tokens.accessToken, body: new URLSearchParams(form),
        signal: call.signal,
      });
      const failure = publishFailureOf(http, reply);
      if (failure !== null) throw failure;
      return required(isRecord(reply.json) ? reply.json : null, http.network, 'an object');
    },
  };
}
