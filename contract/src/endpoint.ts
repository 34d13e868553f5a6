import type { Permission } from './permissions.ts';
import type { Static, TSchema } from './schema.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** At most `max` calls in any window of `windowSeconds`, per user, else per address. */
export interface Rate {
  readonly name: string;
  readonly max: number;
  readonly windowSeconds: number;
  /** The call checks a secret: its limits hold across processes, and when Redis is away too. */
  readonly guards?: 'secret';
  /** Counted per address for signed-in users as well. */
  readonly by?: 'address';
  /** Counted besides per value of one member of the body, whoever calls and from wherever. */
  readonly each?: { readonly field: string; readonly max: number; readonly windowSeconds: number };
  /** Further limits per address and value of one member of the body, each with a longer window than the one before: a back-off. */
  readonly guesses?: { readonly field: string; readonly steps: readonly { readonly max: number; readonly windowSeconds: number }[] };
}

/** Who may call: anyone; a signed-in user; a member of `:workspaceId` that holds `permission`. */
export type Access = 'public' | 'user' | Permission;

/** How one HTTP operation is described: once, for the server, the browser, the OpenAPI file and the tests. */
export interface Endpoint {
  readonly id: string;
  readonly method: Method;
  /** Path below the origin with `:name` parameters. */
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  readonly rate?: Rate;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly body?: TSchema;
  /** `stream` takes an octet stream of at most `bodyBytesMax` instead of JSON. */
  readonly bodyKind?: 'json' | 'stream';
  readonly bodyBytesMax?: number;
  /** `redirect` answers 303; `events` is an event stream; `file` is a download of one of `fileTypes`. None has a JSON body. */
  readonly replyKind?: 'json' | 'redirect' | 'events' | 'file';
  readonly fileTypes?: readonly string[];
  /** Each read leaves an audit event, so that HEAD, which hands out nothing, is not taken. */
  readonly isReadAudited?: boolean;
  readonly reply?: TSchema;
  /** The reply carries a token or a secret link: it is never compressed, since lengths would give it away (BREACH). */
  readonly secretReply?: boolean;
  /** For health checks by address: served under any Host and over plain http, and says nothing about the instance. */
  readonly probe?: boolean;
}

type StaticOr<S, Otherwise> = S extends TSchema ? Static<S> : Otherwise;

export type ParamsOf<E extends Endpoint> = StaticOr<E['params'], Record<never, never>>;
export type QueryOf<E extends Endpoint> = StaticOr<E['query'], Record<never, never>>;
export type BodyOf<E extends Endpoint> = StaticOr<E['body'], undefined>;
export type ReplyOf<E extends Endpoint> = StaticOr<E['reply'], undefined>;

/** Describes one operation; keeps the literal types of its schemas. */
export function endpoint<const E extends Endpoint>(description: E): E {
  return description;
}
