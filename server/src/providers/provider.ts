import type { AuthKind, Capability, ExportGuide, Network } from '@rookery/contract/networks.ts';
import type { PostFigure } from '@rookery/contract/post-metrics.ts';
import type { Publishing } from '@rookery/contract/publishing.ts';
import type { Clock } from '../platform/clock.ts';

/**
 * How a call to a network can fail. Every provider maps its wire errors to one of these; the caller decides by kind alone.
 * `retryable`: nothing was decided, try later. `rateLimited`: not before `until`. `expired`: the access token is over, refresh it.
 * `processing`: the network has what was uploaded and prepares it still: look again later, it is no failure.
 * `revoked`: a person must connect again. `rejected`: the network refuses this request for good. `notSupported`: the account or
 * server does not offer it (a hidden follower list). `garbled`: an answer that breaks the network's own format.
 */
export type ProviderErrorKind = 'retryable' | 'processing' | 'rateLimited' | 'expired' | 'revoked' | 'rejected' | 'notSupported' | 'garbled' | 'unknownOutcome';

/** A failed call to a network. `message` is for people and logs and never carries a token, a code or a URL with one. */
export class ProviderError extends Error {
  readonly kind: ProviderErrorKind;
  /** Earliest sensible retry, on `rateLimited` and, where the network says, `retryable`. */
  readonly until: Date | null;
  /** Whom a `rateLimited` is about: this account, or everybody who uses the same app. */
  readonly scope: 'account' | 'app';

  constructor(kind: ProviderErrorKind, message: string, options: { until?: Date | null; scope?: 'account' | 'app'; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ProviderError';
    this.kind = kind;
    this.until = options.until ?? null;
    this.scope = options.scope ?? 'account';
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

/** An image as it goes to the network: already re-encoded to fit the manifest's rule. */
export interface PublishImage {
  readonly mediaId: string;
  readonly type: 'image/jpeg' | 'image/png' | 'image/webp' | 'image/gif';
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly altText: string;
  /** The whole file, at most the manifest's `images.bytesMax`. */
  read(): Promise<Uint8Array<ArrayBuffer>>;
  /** A signed address that works for an hour without a session, for networks that fetch the file themselves. */
  publicUrl(): Promise<string>;
}

/** A video as it goes to the network: as it is kept, and within the manifest's rule. */
export interface PublishVideo {
  readonly mediaId: string;
  readonly type: 'video/mp4' | 'video/quicktime';
  readonly bytes: number;
  /** As it is shown. */
  readonly width: number;
  readonly height: number;
  readonly altText: string;
  /** Its bytes from the first to the last, both included, as they are read from the store. */
  open(range?: { readonly first: number; readonly last: number }): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
  /** A signed address that works for an hour without a session, for networks that fetch the file themselves. */
  publicUrl(): Promise<string>;
}

/** Points at a published part, so that the next one can answer it. The provider alone reads `ref`. */
export interface Publication {
  readonly externalId: string;
  readonly url: string | null;
  readonly ref: Readonly<Record<string, string>>;
}

/** One part on its way: a post, a part of a thread, or a first comment. */
export interface PublishRequest {
  /** A UUID (version 7), the same over every attempt at this part, never used for another. */
  readonly key: string;
  /** When the first attempt began; the same over every attempt. */
  readonly createdAt: Date;
  readonly text: string;
  readonly images: readonly PublishImage[];
  /** Stands alone: with it there are no images. */
  readonly video: PublishVideo | null;
  /** The first part and the one right before; null for the first. */
  readonly replyTo: { readonly root: Publication; readonly parent: Publication } | null;
  /** The part is a comment below `replyTo.parent`, on networks that tell comments from posts. */
  readonly isComment: boolean;
  /** What earlier attempts at this part have stored with `saveStep`: ids of containers and uploads. */
  readonly steps: Readonly<Record<string, string>>;
}

/** How a publishing provider reports to the protocol while it works. */
export interface PublishProgress {
  /** Stores an id that a later attempt or look needs. Resolves once it is committed: await it before the next step. */
  saveStep(name: string, value: string): Promise<void>;
  /**
   * To be awaited right before the one request that makes the post public, with nothing between: throws when this attempt
   * may not send any more (deleted, moved, taken over). Answers the signal and deadline that this request must carry.
   */
  beforeSend(): Promise<AbortSignal>;
}

/**
 * What a look at the network found. `absent` only where the network's answer proves it: the part may then be sent again.
 * `pending`: the network is still at it, look again. `unsure`: it can't be told, a person decides; `reason` says why.
 */
export type Finding =
  | { readonly state: 'published'; readonly publication: Publication }
  | { readonly state: 'absent' }
  | { readonly state: 'pending' }
  | { readonly state: 'unsure'; readonly reason: string };

/** How much a network takes within a sliding window. What is beyond it waits here, instead of being refused there. */
export interface SendBudget {
  /** Unique within the network; counts that go by one name are one. */
  readonly name: string;
  readonly scope: 'account' | 'app';
  readonly windowSeconds: number;
  /** In points. */
  readonly max: number;
  /** Where an account has a number of its own, as `readPublishLimits` answers it. */
  readonly perPlan?: 'postsPerDay';
  /** What is counted, in words: "posts". */
  readonly noun: string;
  /** What a part costs: itself, being a comment, and each of its images. */
  readonly points: { readonly post: number; readonly comment: number; readonly image: number };
}

/** How a network takes posts, and how sure we can be of it. */
export interface PublishManifest extends Publishing {
  /** `key`: for how long the network remembers a key, in seconds; null: for good. Later than that, `checkPublication` looks. */
  readonly keyLifetimeSeconds: number | null;
  /** A post may be missing from the account's own list for this long after it was made, in seconds. */
  readonly visibilityDelaySeconds: number;
  readonly budgets: readonly SendBudget[];
  /** Longest time that one publish call may take, all steps included, in seconds. */
  readonly timeoutSeconds: number;
}

/** How what is counted on published posts is read. */
export interface PostMetricsManifest {
  /** Most posts for one `readPostMetrics`. */
  readonly batchMax: number;
  /** What the network charges for one post, however often it is read within one UTC day, in millionths of a US dollar; null: free. */
  readonly priceMicros: number | null;
}

/**
 * What a network says of one published post. `gone`: its answer says that there is no such post. `hidden`: it says nothing of it
 * that could be told from a passing trouble.
 */
export type PostReading =
  | { readonly state: 'found'; readonly figures: readonly PostFigure[] }
  | { readonly state: 'gone' }
  | { readonly state: 'hidden' };

/** Limits of one account's own server or plan, where they differ from the manifest. */
export interface PublishLimits {
  readonly textLengthMax?: number;
  readonly linkLength?: number;
  readonly imagesMax?: number;
  readonly videoBytesMax?: number;
  readonly videoFrameRateMax?: number;
  /** Posts that the network takes from this account within 24 hours. */
  readonly postsPerDay?: number;
}

export interface Manifest {
  readonly id: string;
  readonly name: string;
  readonly authKind: AuthKind;
  readonly capabilities: readonly Capability[];
  readonly scopes: readonly { readonly scope: string; readonly reason: string }[];
  readonly limitation: string | null;
  readonly appPassword: Network['appPassword'];
  readonly asksFor: Network['asksFor'];
  /** How a person asks for the data export; null where none can be imported. */
  readonly exportGuide: ExportGuide | null;
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
  /** Null where nothing is published from here. */
  readonly publishing: PublishManifest | null;
  /** Null where nothing is read of published posts. */
  readonly postMetrics: PostMetricsManifest | null;
  /** Refresh this long before `expiresAt`, in seconds. */
  readonly refreshAheadSeconds: number;
}

/**
 * One social network. Each optional function is present if and only if its capability is declared; the conformance suite
 * and the registry check it at start. All functions throw `ProviderError` and nothing else on failure.
 */
export interface Provider {
  readonly manifest: Manifest;
  /** The document about this server that the network fetches from `/oauth/client-metadata.json`; null where it needs none. */
  clientMetadata?(): Readonly<Record<string, unknown>> | null;
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
  /**
   * Publishes one part. Fails with `unknownOutcome` whenever the public request may have been carried out and no clear
   * answer came: cut connection, timeout, 5xx, an answer that is not the promised format. Any other kind says: surely not published.
   */
  publish?(call: ProviderCall, request: PublishRequest, progress: PublishProgress): Promise<Publication>;
  /** Finds out what became of a part whose outcome is unknown. Reads only. */
  checkPublication?(call: ProviderCall, request: PublishRequest): Promise<Finding>;
  /** Deletes a published part on the network; one that is gone already is no failure. */
  deletePublication?(call: ProviderCall, publication: Publication): Promise<void>;
  /** The host of the server that this grant is for, on networks of many servers: one that fails says nothing of the others. */
  serverOf?(tokens: TokenSet): string;
  /** Reads what is counted on posts of this account, at most `batchMax` of them: one answer for each, in their order. */
  readPostMetrics?(call: ProviderCall, publications: readonly Publication[]): Promise<readonly PostReading[]>;
  /** Asks the account's own server; what it leaves out is as the manifest says. */
  readPublishLimits?(call: ProviderCall): Promise<PublishLimits>;
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
