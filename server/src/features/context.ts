import type { Permission, Role } from '@rookery/contract/permissions.ts';
import { allows } from '@rookery/contract/permissions.ts';
import type { Blobs } from '../platform/blobs/blobs.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config/config.ts';
import type { Keyring } from '../platform/crypto/keyring.ts';
import type { Database, Db } from '../platform/db/database.ts';
import { AppError } from '../platform/errors.ts';
import type { Events } from '../platform/events.ts';
import type { RequestFacts } from '../platform/http/route.ts';
import type { Jobs } from '../platform/jobs/definition.ts';
import type { Logger } from '../platform/observability/logger.ts';
import type { Providers } from '../providers/registry.ts';

/** What every context carries; made once, in the composition root. */
export interface Services {
  readonly config: Config;
  readonly database: Database;
  readonly jobs: Jobs;
  readonly events: Events;
  readonly providers: Providers;
  /** Networks that a simulator stands in for. */
  readonly simulatedNetworks: ReadonlySet<string>;
  readonly keyring: Keyring;
  /** Where the files of the library lie. */
  readonly blobs: Blobs;
  /** Keys the hashes of follower ids and of CSRF tokens. */
  readonly secretKey: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Version of the product. */
  readonly version: string;
  /** What the printed set-up link carries; null once somebody has signed up. */
  readonly setupToken: string | null;
}

export type Actor =
  | { readonly kind: 'user'; readonly id: string; readonly name: string }
  | { readonly kind: 'system'; readonly id: null; readonly name: string };

export interface SessionInfo {
  readonly id: string;
  readonly userId: string;
  readonly userName: string;
}

/** A caller who may be nobody yet. */
export interface PublicContext extends Services {
  readonly facts: RequestFacts;
  readonly session: SessionInfo | null;
}

/** A signed-in user, outside any workspace. */
export interface UserContext extends PublicContext {
  readonly session: SessionInfo;
  readonly actor: Actor;
}

/** Somebody acting in one workspace: a member through a request, or the system through a job. */
export interface WorkspaceContext extends Services {
  readonly facts: RequestFacts;
  readonly actor: Actor;
  readonly session: SessionInfo | null;
  readonly workspace: { readonly id: string; readonly name: string; readonly timeZone: string; readonly demo: boolean };
  /** Null for the system, which may do whatever its job says. */
  readonly role: Role | null;
  /** One transaction that sees this workspace alone. */
  transaction<Result>(work: (db: Db) => Promise<Result>): Promise<Result>;
}

/** Throws `not-allowed` unless the actor's role carries the permission. First line of every verb that writes. */
export function requirePermission(ctx: WorkspaceContext, permission: Permission): void {
  if (ctx.role === null) {
    if (ctx.actor.kind === 'system') return;
    throw new AppError('not-allowed');
  }
  if (!allows(ctx.role, permission)) throw new AppError('not-allowed');
}
