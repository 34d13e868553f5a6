import type * as OAuthLibrary from '@atproto/oauth-client-node';
import type { NodeOAuthClient, NodeSavedSession, NodeSavedState } from '@atproto/oauth-client-node';
import { createFleetingMemory } from '../fleeting-memory.ts';
import { mapTransportFailure, quoteWords } from '../http-client.ts';
import { ProviderError, type ProviderEnvironment, type ProviderMemory } from '../provider.ts';
import { chooseClientMetadata } from './client-metadata.ts';
import { causesOf, mapRefusal } from './errors.ts';
import { createHandleResolver, type BlueskyNetwork } from './identity-lookup.ts';
import { createTtlStore } from './ttl-store.ts';

type Library = typeof OAuthLibrary;
type ClientOptions = ConstructorParameters<Library['NodeOAuthClient']>[0];
type SharedCaches = Pick<ClientOptions, 'authorizationServerMetadataCache' | 'protectedResourceMetadataCache' | 'dpopNonceCache'>;

/** One state or one session: what the client of a single call may see and write. */
export interface Slot<Value> {
  value: Value | undefined;
}

export interface OpenOptions {
  readonly redirectUri: string;
  readonly state?: Slot<NodeSavedState>;
  readonly session?: Slot<NodeSavedSession>;
  /** The `state` that the callback must bring; the library would invent its own. */
  readonly pinnedState?: string;
}

/** Opens the library for one call at a time. It is loaded at first use: a server without Bluesky never pays for it. */
export interface OAuthClients {
  open(options: OpenOptions): Promise<NodeOAuthClient>;
  /** What a failure inside the library stands for. */
  explain(error: unknown): Promise<ProviderError>;
  readonly memory: ProviderMemory;
}

/**
 * A client per call, because the library finds sessions by account alone: two workspaces that connect the same account must
 * never share one. Server metadata and DPoP nonces are shared, they belong to servers.
 */
export function createOAuthClients(environment: ProviderEnvironment, network: BlueskyNetwork): OAuthClients {
  const caches: SharedCaches = {
    authorizationServerMetadataCache: createTtlStore({ lifeMs: 60_000, sizeMax: 100 }),
    protectedResourceMetadataCache: createTtlStore({ lifeMs: 60_000, sizeMax: 100 }),
    dpopNonceCache: createTtlStore({ lifeMs: 60_000, sizeMax: 100 }),
  };
  const load = (): Promise<Library> => import('@atproto/oauth-client-node');
  return {
    memory: environment.memory ?? createFleetingMemory(),
    async open(options) {
      const library = await load();
      // An empty setting is one that is not set.
      const clientKey = environment.settings['BLUESKY_CLIENT_KEY'] || undefined;
      const client = new library.NodeOAuthClient({
        ...caches,
        clientMetadata: chooseClientMetadata(environment.baseUrl, options.redirectUri, clientKey),
        ...(clientKey === undefined ? {} : { keyset: [await library.JoseKey.fromImportable(clientKey)] }),
        allowHttp: network.isHttpAllowed,
        plcDirectoryUrl: network.plcUrl,
        handleResolver: network.handleServer ?? createHandleResolver(environment),
        fetch: async (input, init) => environment.fetch(input, init).catch(failTransport),
        // Refreshes also happen under the account's lock in the database; this one orders the calls of one process.
        requestLock: library.requestLocalLock,
        stateStore: openSlot(options.state ?? { value: undefined }),
        sessionStore: openSlot(options.session ?? { value: undefined }),
      });
      if (options.pinnedState !== undefined) pinState(client, options.pinnedState);
      return client;
    },
    async explain(error) {
      return explain(await load(), environment, error);
    },
  };
}

function failTransport(error: unknown): never {
  throw mapTransportFailure('Bluesky', error);
}

function openSlot<Value>(slot: Slot<Value>): { get(): Value | undefined; set(key: string, value: Value): void; del(): void } {
  return {
    get: () => slot.value,
    set: (_key, value) => {
      slot.value = value;
    },
    // The library forgets a session after any doubt about it; whether ours is over is decided by the error we answer.
    del: () => undefined,
  };
}

/**
 * The first nonce that `authorize` draws is its `state`; the callback must bring ours, or nobody could find what belongs to it.
 * Later nonces (ids of client assertions) stay random.
 */
function pinState(client: NodeOAuthClient, state: string): void {
  const generateNonce = client.runtime.generateNonce.bind(client.runtime);
  let isUsed = false;
  client.runtime.generateNonce = (length) => {
    if (isUsed) return generateNonce(length);
    isUsed = true;
    return Promise.resolve(state);
  };
}

function explain(library: Library, environment: ProviderEnvironment, error: unknown): ProviderError {
  for (const cause of causesOf(error)) {
    if (cause instanceof ProviderError) return cause;
    if (cause instanceof library.OAuthResponseError) return explainRefusal(environment, cause.status, cause.error, cause.headers);
    if (cause instanceof library.FetchResponseError) return explainResolving(environment, cause.response);
    const name = cause instanceof Error ? cause.name : '';
    if (name === 'AbortError' || name === 'TimeoutError') return mapTransportFailure('Bluesky', cause);
    if (name === 'ZodError') return new ProviderError('garbled', 'The Bluesky server broke its own format.');
  }
  if (error instanceof library.TokenRefreshError) return endedSession();
  const words = error instanceof Error ? quoteWords(error.message) : '';
  return new ProviderError('rejected', `Bluesky could not be signed in to.${words}`);
}

const endedSession = (): ProviderError => new ProviderError('revoked', 'Bluesky has ended this session. Connect the account again.');

function explainRefusal(environment: ProviderEnvironment, status: number, word: string | undefined, headers: Headers): ProviderError {
  if (word === 'invalid_grant') return endedSession();
  return mapRefusal({ status, error: word ?? null, headers }, environment.clock);
}

function explainResolving(environment: ProviderEnvironment, response: Response): ProviderError {
  // Answered, but not in the promised form: says nothing about whether the account exists.
  if (response.ok) return new ProviderError('garbled', 'The Bluesky server broke its own format.');
  if (response.status !== 429 && response.status < 500) {
    return new ProviderError('rejected', 'No Bluesky account or server was found there. Check the spelling.');
  }
  return mapRefusal({ status: response.status, error: null, headers: response.headers }, environment.clock);
}
