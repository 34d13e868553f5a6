import * as oauth from 'oauth4webapi';
import { exchange, mapCommonStatus, quoteWords, type HttpClient } from '../http-client.ts';
import { ProviderError, type CallbackInput, type ConsentState, type Provider, type ProviderCall, type TokenSet } from '../provider.ts';

/** Where X's consent page and its API answer. */
export interface XAddresses {
  readonly pages: string;
  readonly api: string;
}

export interface XAuthOptions {
  readonly http: HttpClient;
  readonly addresses: XAddresses;
  readonly credentials: { readonly clientId: string; readonly clientSecret: string | null };
  readonly scopes: readonly string[];
  readonly isSimulated: boolean;
}

export interface XAuth {
  startConsent: Provider['startConsent'];
  finishConsent(input: CallbackInput & { redirectUri: string; signal: AbortSignal }): Promise<TokenSet>;
  refresh(call: ProviderCall): Promise<TokenSet>;
  revoke(call: ProviderCall): Promise<void>;
}

/** OAuth 2 with PKCE (S256); the code lives 30 seconds, refresh tokens rotate and work once (X developer documentation, 2026-11-24). */
export function createXAuth(options: XAuthOptions): XAuth {
  const { addresses, credentials, http } = options;
  const server: oauth.AuthorizationServer = {
    issuer: addresses.pages,
    authorization_endpoint: `${addresses.pages}/i/oauth2/authorize`,
    token_endpoint: `${addresses.api}/2/oauth2/token`,
    revocation_endpoint: `${addresses.api}/2/oauth2/revoke`,
  };
  const client: oauth.Client = { client_id: credentials.clientId };
  const authentication = credentials.clientSecret === null ? oauth.None() : basicAuthentication(credentials.clientSecret);
  const request = (signal: AbortSignal) => ({
    signal, [oauth.customFetch]: tokenFetch(http), [oauth.allowInsecureRequests]: options.isSimulated,
  });

  return {
    async startConsent({ state, redirectUri }): Promise<ConsentState> {
      const codeVerifier = oauth.generateRandomCodeVerifier();
      const url = new URL(`${addresses.pages}/i/oauth2/authorize`);
      for (const [name, value] of [
        ['response_type', 'code'], ['client_id', credentials.clientId], ['redirect_uri', redirectUri], ['scope', options.scopes.join(' ')],
        ['state', state], ['code_challenge', await oauth.calculatePKCECodeChallenge(codeVerifier)], ['code_challenge_method', 'S256'],
      ] as const) url.searchParams.set(name, value);
      return { authorizeUrl: url.href, secrets: { codeVerifier } };
    },
    finishConsent: ({ query, state, secrets, redirectUri, signal }) => guard('code', async () => {
      const parameters = oauth.validateAuthResponse(server, client, query, state);
      const verifier = secrets['codeVerifier'] ?? '';
      const response = await oauth.authorizationCodeGrantRequest(
        server, client, authentication, parameters, redirectUri, verifier, request(signal),
      );
      const reply = await oauth.processAuthorizationCodeResponse(server, client, response);
      return tokensOf(reply, { refreshToken: null, scopes: options.scopes }, http);
    }),
    async refresh({ tokens, signal }) {
      const { refreshToken, scopes } = tokens;
      if (refreshToken === null) throw new ProviderError('revoked', 'X gave no lasting access to this account. Connect it again.');
      return guard('refresh', async () => {
        const response = await oauth.refreshTokenGrantRequest(server, client, authentication, refreshToken, request(signal));
        return tokensOf(await oauth.processRefreshTokenResponse(server, client, response), { refreshToken, scopes }, http);
      });
    },
    async revoke({ tokens, signal }) {
      // The refresh token first: should the second call fail, what is left ends by itself within two hours.
      for (const [token, hint] of [[tokens.refreshToken, 'refresh_token'], [tokens.accessToken, 'access_token']] as const) {
        if (token === null) continue;
        await guard('revoke', async () => {
          const additionalParameters = { token_type_hint: hint };
          const response = await oauth.revocationRequest(
            server, client, authentication, token, { ...request(signal), additionalParameters },
          );
          await oauth.processRevocationResponse(response).catch((error: unknown) => {
            if (!isDeadToken(error)) throw error;
          });
        });
      }
    },
  };
}

/**
 * HTTP Basic that leaves `-` and `_`, which X's secrets contain, as they are. The library writes them as %2D and %5F: right by the
 * letter of RFC 6749, and wrong for a server that does not decode. This form is the same for both.
 */
function basicAuthentication(clientSecret: string): oauth.ClientAuth {
  return (_server, { client_id: clientId }, _body, headers) => {
    headers.set(
      'authorization', `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')}`,
    );
  };
}

/**
 * X's way of saying that a token is spent, expired or revoked: not invalid_grant, but invalid_request with "Value passed for
 * the token was invalid." (reported alike by many implementers, read 2026-11-24). The standard's word counts as well.
 */
function isDeadToken(error: unknown): boolean {
  if (!(error instanceof oauth.ResponseBodyError)) return false;
  return error.error === 'invalid_grant' || /token was invalid/i.test(error.error_description ?? '');
}

/** Reads the whole answer under our limits, so that all that can still fail afterwards is its meaning. */
function tokenFetch(http: HttpClient): (url: string, init: RequestInit) => Promise<Response> {
  return async (url, init) => {
    const { response, text } = await exchange(http, url, init);
    const failure = mapCommonStatus(http, response, 15 * 60);
    if (failure !== null) throw failure;
    return new Response(text === '' ? null : text, { status: response.status, headers: response.headers });
  };
}

function tokensOf(reply: oauth.TokenEndpointResponse, before: Pick<TokenSet, 'refreshToken' | 'scopes'>, http: HttpClient): TokenSet {
  return {
    accessToken: reply.access_token,
    refreshToken: reply.refresh_token ?? before.refreshToken,
    expiresAt: reply.expires_in === undefined ? null : new Date(http.clock.now().getTime() + reply.expires_in * 1000),
    scopes: reply.scope === undefined ? before.scopes : reply.scope.split(' ').filter((scope) => scope !== ''),
    extra: {},
  };
}

async function guard<T>(step: 'code' | 'refresh' | 'revoke', work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // The library's errors carry the response and its body, so nothing of them is passed on as a cause.
    throw mapOAuthFailure(step, error);
  }
}

function mapOAuthFailure(step: 'code' | 'refresh' | 'revoke', error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  if (error instanceof oauth.AuthorizationResponseError) {
    const isDenied = error.error === 'access_denied';
    const words = quoteWords(error.error_description ?? error.error);
    return new ProviderError('rejected', isDenied ? 'Access was declined on X.' : `X ended the sign-in.${words}`);
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError) return refusedClient();
  if (error instanceof oauth.ResponseBodyError) {
    if (['unauthorized_client', 'invalid_client'].includes(error.error)) return refusedClient();
    const words = error.error_description ?? null;
    if (step === 'refresh' && isDeadToken(error)) {
      return new ProviderError('revoked', 'X has ended the access to this account. Connect it again.');
    }
    const isCode = step === 'code';
    const what = isCode ? 'X did not accept the sign-in; it may have taken longer than 30 seconds. Start again.' : 'X refused the request.';
    return new ProviderError('rejected', `${what}${quoteWords(words ?? error.error)}`);
  }
  if (error instanceof oauth.OperationProcessingError && error.code === oauth.INVALID_RESPONSE && step === 'code') {
    return new ProviderError('rejected', 'The answer from X does not belong to this sign-in. Start again.');
  }
  return new ProviderError('garbled', 'X sent an answer that breaks its own sign-in protocol.');
}

function refusedClient(): ProviderError {
  return new ProviderError('rejected', "X does not accept this server's credentials: check X_CLIENT_ID and X_CLIENT_SECRET.");
}
