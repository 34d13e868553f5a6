import type { Endpoint } from '@rookery/contract/endpoint.ts';
import type { Logger } from '../observability/logger.ts';
import type { BoundRoute } from './bound-route.ts';
import type { RequestFacts } from './route.ts';

/** Where the HTTP layer writes its lines. */
export type HttpLog = Pick<Logger, 'info' | 'warn' | 'error'>;

export interface HttpConfig {
  /** The one address that people use, as `https://rookery.example`; decides cookies, HSTS and what "own origin" is. */
  readonly baseUrl: string;
  /** Further names in the Host header, `name` (any port) or `name:port`. The host of `baseUrl` is always served. */
  readonly allowedHosts: readonly string[];
  /** Exact origins that may call the API from a browser, besides our own. */
  readonly corsOrigins: readonly string[];
  /** Addresses or CIDR ranges whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. */
  readonly trustedProxies: readonly string[];
  /** Largest JSON body; default 256 KiB. */
  readonly bodyBytesMax?: number;
  /** A built single-page app (`index.html`, `assets/`), read at start-up; null serves the API alone. */
  readonly staticDirectory: string | null;
  /** How long `close()` waits for calls in flight; default 10 s. */
  readonly closeGraceMs?: number;
  /** How long the head of a request may take to arrive; default 15 s. */
  readonly headersTimeoutMs?: number;
  /** How long a JSON body may take to arrive; default 30 s. */
  readonly bodyTimeoutMs?: number;
  /** Pause between signs of life on an event stream; default 20 s. */
  readonly heartbeatMs?: number;
}

/** What the rate limiter is asked about, after authentication and before anything expensive. */
export interface Admission<Session> {
  readonly endpoint: Endpoint;
  readonly session: Session | null;
  readonly facts: RequestFacts;
  /** Set at the second look, for endpoints that limit guesses: the body, checked. */
  readonly body?: unknown;
}

/** The limiter's answer; `headers` go out with the reply, refused or not. */
export interface Admitted {
  readonly isAdmitted: boolean;
  /** Whole seconds until a retry makes sense; read when refused. */
  readonly retryAfterSeconds: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface HttpServerOptions<Session> {
  readonly config: HttpConfig;
  readonly routes: readonly BoundRoute<Session>[];
  readonly log: HttpLog;
  readonly secrets: {
    /** At least 32 bytes, used for nothing else. */
    readonly csrfKey: Buffer;
  };
  /** Who holds this session token, or null. `recheck` is a look during an open event stream: no sign of activity. */
  readonly authenticate: (sessionToken: string, purpose: 'request' | 'recheck') => Promise<Session | null>;
  /** Absent: everything is admitted. Asked before the body is read, and once more with it where the endpoint limits guesses. */
  readonly admit?: (admission: Admission<Session>) => Promise<Admitted>;
}
