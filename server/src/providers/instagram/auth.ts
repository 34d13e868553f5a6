import { requestJson, quoteWords, type HttpClient, type JsonReply } from '../http-client.ts';
import { countOf, isRecord, recordsOf, required, textOf, type JsonRecord } from '../json.ts';
import { ProviderError, type CallbackInput, type ConsentState, type Provider, type ProviderCall, type TokenSet } from '../provider.ts';
import { failureOf } from './map.ts';

/** Instagram Login is spread over three hosts: consent page, code exchange, everything else. */
export interface InstagramAddresses {
  readonly pages: string;
  readonly codes: string;
  readonly graph: string;
}

export interface InstagramAuthOptions {
  readonly http: HttpClient;
  readonly addresses: InstagramAddresses;
  readonly credentials: { readonly clientId: string; readonly clientSecret: string };
  readonly scopes: readonly string[];
}

export interface InstagramAuth {
  startConsent: Provider['startConsent'];
  finishConsent(input: CallbackInput & { redirectUri: string; signal: AbortSignal }): Promise<TokenSet>;
  refresh(call: ProviderCall): Promise<TokenSet>;
}

const dayMs = 24 * 3600 * 1000;

/**
 * "Business Login for Instagram" (Meta's documentation, read 2026-11-24): code flow without PKCE; the code is exchanged by a
 * multipart POST for a token of one hour, that one for a token of 60 days, which renews itself and has no refresh token.
 */
export function createInstagramAuth(options: InstagramAuthOptions): InstagramAuth {
  const { addresses, credentials, http } = options;
  const succeed = (reply: JsonReply): JsonRecord => {
    const failure = failureOf(http, reply);
    if (failure !== null) throw failure;
    return required(isRecord(reply.json) ? reply.json : null, http.network, 'an object');
  };
  /** Both long-lived calls take their secrets in the query only, as documented: the reason why no error of ours keeps an address. */
  const askGraph = async (path: string, query: Record<string, string>, signal: AbortSignal): Promise<JsonRecord> => {
    const url = new URL(`${addresses.graph}${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return succeed(await requestJson(http, { url, signal }));
  };
  const longLivedOf = (body: JsonRecord, scopes: readonly string[]): TokenSet => {
    const now = http.clock.now();
    const seconds = required(countOf(body, 'expires_in'), http.network, 'the life of the token');
    return {
      accessToken: required(textOf(body['access_token']), http.network, 'a token'), refreshToken: null,
      expiresAt: new Date(now.getTime() + seconds * 1000),
      scopes,
      extra: { issuedAt: now.toISOString() },
    };
  };

  return {
    startConsent({ state, redirectUri }): Promise<ConsentState> {
      const url = new URL(`${addresses.pages}/oauth/authorize`);
      for (const [name, value] of [
        ['client_id', credentials.clientId], ['redirect_uri', redirectUri], ['response_type', 'code'],
        ['scope', options.scopes.join(',')], ['state', state],
      ] as const) url.searchParams.set(name, value);
      return Promise.resolve({ authorizeUrl: url.href, secrets: {} });
    },

    async finishConsent(input) {
      const body = new FormData();
      for (const [name, value] of [
        ['client_id', credentials.clientId], ['client_secret', credentials.clientSecret], ['grant_type', 'authorization_code'],
        ['redirect_uri', input.redirectUri], ['code', readCode(input, addresses)],
      ] as const) body.set(name, value);
      const url = new URL(`${addresses.codes}/oauth/access_token`);
      const reply = succeed(await requestJson(http, { url, method: 'POST', body, signal: input.signal }));
      // Documented inside `data[0]`, seen without it: both are read. Its user_id is app-scoped and not used; see map.ts.
      const short = recordsOf(reply['data'])?.[0] ?? reply;
      const shortToken = required(textOf(short['access_token']), http.network, 'a token');
      const long = await askGraph('/access_token', {
        grant_type: 'ig_exchange_token', client_secret: credentials.clientSecret, access_token: shortToken,
      }, input.signal);
      return longLivedOf(long, permissionsOf(short['permissions']) ?? options.scopes);
    },

    async refresh({ tokens, signal }) {
      const now = http.clock.now().getTime();
      if (tokens.expiresAt !== null && tokens.expiresAt.getTime() <= now) throw endedFailure();
      // Younger than a day it cannot be renewed, and need not be: the same set is the answer.
      const issuedAt = Date.parse(tokens.extra['issuedAt'] ?? '');
      if (now - issuedAt < dayMs) return tokens;
      try {
        const body = await askGraph('/refresh_access_token', { grant_type: 'ig_refresh_token', access_token: tokens.accessToken }, signal);
        return longLivedOf(body, tokens.scopes);
      } catch (error) {
        throw error instanceof ProviderError && error.kind === 'expired' ? endedFailure() : error;
      }
    },
  };
}

function endedFailure(): ProviderError {
  return new ProviderError(
    'revoked', "Instagram's access to this account is over: it ends after 60 days without renewal. Connect it again.",
  );
}

function readCode(input: CallbackInput, addresses: InstagramAddresses): string {
  const refusal = input.query.get('error');
  if (refusal === 'access_denied') throw new ProviderError('rejected', 'Access was declined on Instagram.');
  if (refusal !== null) {
    throw new ProviderError('rejected', `Instagram ended the sign-in.${quoteWords(input.query.get('error_description') ?? refusal)}`);
  }
  // Instagram sends no `iss`; one that names somebody else means that the code comes from somebody else.
  const isForeign = input.iss !== null && input.iss !== addresses.pages;
  if (isForeign || input.query.get('state') !== input.state) {
    throw new ProviderError('rejected', 'The answer from Instagram does not belong to this sign-in. Start again.');
  }
  // Instagram appends #_ to the address; some browsers and proxies hand it on as part of the code.
  const code = input.code.replace(/#_$/, '');
  if (code === '') throw new ProviderError('rejected', 'Instagram sent no code. Start again.');
  return code;
}

/** A list or, in the documentation's sample, one text with commas. */
function permissionsOf(value: unknown): readonly string[] | null {
  const parts: unknown[] = Array.isArray(value) ? value : (textOf(value)?.split(',') ?? []);
  const names = parts.filter((part) => typeof part === 'string').map((part) => part.trim()).filter((part) => part !== '');
  return names.length === 0 ? null : names;
}
