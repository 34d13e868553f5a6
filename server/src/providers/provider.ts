import type { AuthKind, Capability } from '@rookery/contract/networks.ts';
import type { Clock } from '../platform/clock.ts';

/**
 * How a call to a network can fail. Every provider maps its wire errors to one of these; the caller decides by kind alone.
 * `retryable`: nothing was decided, try later. `rateLimited`: not before `until`. `expired`: the access token is over, refresh it.
 * `revoked`: a person must connect again. `rejected`: the network refuses this request for good. `notSupported`: the account or
 * server does not offer it (a hidden follower list). `garbled`: an answer that breaks the network's own format.
 */
export type ProviderErrorKind = 'retryable' | 'rateLimited' | 'expired' | 'revoked' | 'rejected' | 'notSupported' | 'garbled' | 'unknownOutcome';

/** A failed call to a network. `message` is for people and logs and never carries a token, a code or a URL with one. */
export class ProviderError extends Error {
  readonly kind: ProviderErrorKind;
  /** Earliest sensible retry, on `rateLimited` and, where the network says, `retryable`. */
  readonly until: Date | null;

  constructor(kind: ProviderErrorKind, message: string, options: { until?: Date | null; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ProviderError';
    this.kind = kind;
    this.until = options.until ?? null;
  }
}

/** What is kept of a grant, encrypted. `extra` is for what a network needs besides (server address, DPoP session). */
export interface TokenSet {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly expiresAt: Date | null;
  readonly scopes: readonly string[];
  readonly extra: Readonly<Record<string, string>>;
}

/** The identity behind a grant. `externalId` is the network's stable id: it, never the handle, identifies the account. */
export interface Identity {
  readonly externalId: string;
  readonly handle: string;
  readonly name: string;
  readonly profileUrl: string | null;
  readonly avatarUrl: string | null;
}

export interface Profile extends Identity {
  /** Null where the network does not say. */
  readonly followers: number | null;
  readonly following: number | null;
  readonly posts: number | null;
}

/** One figure of an account; `value` null with `unsupported` when the network does not give it to this account. */
export interface Metric {
  readonly metric: string;
  readonly value: number | null;
  readonly source: 'measured' | 'unsupported';
}

/** One row of a follower list. Unknown is null, never a guess. */
export interface FollowerRow {
  readonly externalId: string;
  readonly handle: string | null;
  readonly name: string | null;
  readonly verified: boolean | null;
  readonly followers: number | null;
  readonly profileUrl: string | null;
}

/** One page of a follower list. `nextCursor` null says that the network closed the list. */
export interface FollowerPage {
  readonly rows: readonly FollowerRow[];
  readonly nextCursor: string | null;
}

/** What became of a person who vanished from a list. `active` means: exists, and no longer follows. */
export type PersonStatus = 'active' | 'suspended' | 'deactivated' | 'unknown';

/** State kept between the start of a consent and its callback, encrypted, one use, at most 10 minutes. */
export interface ConsentState {
  readonly authorizeUrl: string;
  /** PKCE verifier, server address, client id … as this provider needs it at `finishConsent`. */
  readonly secrets: Readonly<Record<string, string>>;
}

export interface CallbackInput {
  readonly code: string;
  readonly iss: string | null;
  readonly state: string;
  readonly secrets: Readonly<Record<string, string>>;
  /** All query parameters of the callback, for networks whose library wants them. */
  readonly query: URLSearchParams;
}

export interface Grant {
  readonly tokens: TokenSet;
  readonly identity: Identity;
}

/** What every call gets: the tokens decrypted for this call alone, and a signal to stop. */
export interface ProviderCall {
  readonly tokens: TokenSet;
  readonly externalId: string;
  readonly signal: AbortSignal;
}

export interface Manifest {
  readonly id: string;
  readonly name: string;
  readonly authKind: AuthKind;
  readonly capabilities: readonly Capability[];
  readonly scopes: readonly { readonly scope: string; readonly reason: string }[];
  readonly limitation: string | null;
  readonly appPassword: boolean;
  readonly asksFor: 'server' | 'handle' | null;
  /** Settings (environment names) without which the real network is not available. */
  readonly settings: readonly string[];
  readonly followers: {
    /** Rows per page that we ask for. */
    readonly pageSize: number;
    /** Stated count may differ from the received one by this share (0 to 1) … */
    readonly toleranceShare: number;
    /** … or by this many, whichever is more. */
    readonly toleranceCount: number;
    readonly newestFirst: boolean;
    /** Pages can skip people (offset cursors): a miss counts as left only at the second full scan in a row. */
    readonly canSkip: boolean;
    /** The network bills every row: a full sweep is for a person to ask for, never for the schedule. */
    readonly isBilled: boolean;
  } | null;
  /** Refresh this long before `expiresAt`, in seconds. */
  readonly refreshAheadSeconds: number;
}

/**
 * One social network. Each optional function is present if and only if its capability is declared; the conformance suite
 * and the registry check it at start. All functions throw `ProviderError` and nothing else on failure.
 */
export interface Provider {
  readonly manifest: Manifest;
  /** Begins consent. `address` is the server or handle a person typed, where `asksFor` says so. */
  startConsent(input: { state: string; redirectUri: string; address: string | null; signal: AbortSignal }): Promise<ConsentState>;
  finishConsent(input: CallbackInput & { redirectUri: string; signal: AbortSignal }): Promise<Grant>;
  /** Connects with handle and app password instead of consent. */
  connectWithPassword?(input: { handle: string; password: string; signal: AbortSignal }): Promise<Grant>;
  /** Answers the new pair. Called under the account's lock; the old pair may be dead once this returns. */
  refresh?(call: ProviderCall): Promise<TokenSet>;
  revoke?(call: ProviderCall): Promise<void>;
  readProfile(call: ProviderCall): Promise<Profile>;
  readMetrics?(call: ProviderCall): Promise<readonly Metric[]>;
  listFollowers?(call: ProviderCall, cursor: string | null): Promise<FollowerPage>;
  lookUpPerson?(call: ProviderCall, externalId: string): Promise<PersonStatus>;
}

/**
 * Small values that a provider keeps for the whole installation: outlives a restart, encrypted at rest, never a person's token.
 * Mastodon keeps the client that it registered on each server. A value of '' counts as absent.
 */
export interface ProviderMemory {
  /** `key` is unique within one provider; the store prefixes it with the network's id. */
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
}

/** How a provider reaches its network: real addresses by default, the simulator's or a test server's otherwise. */
export interface ProviderEnvironment {
  readonly clock: Clock;
  /** The configured public base URL of this server, without trailing slash. */
  readonly baseUrl: string;
  /** Credentials by setting name; absent ones are undefined. */
  readonly settings: Readonly<Record<string, string | undefined>>;
  /** Origin of the simulator for this network, when it is simulated; else null. */
  readonly simulatorOrigin: string | null;
  /** Does the request; enforces time and size caps. Same signature as global fetch. */
  readonly fetch: typeof globalThis.fetch;
  /** Without it a provider remembers until the process ends. */
  readonly memory?: ProviderMemory;
}
