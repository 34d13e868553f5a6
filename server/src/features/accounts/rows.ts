import type { Account, Scan } from '@rookery/contract/accounts.ts';
import { publishingFor } from '@rookery/contract/publishing.ts';
import type { Db } from '../../platform/db/database.ts';
import type { WorkspaceContext } from '../context.ts';
import { dueAccounts, findStored, latestScans, listStored, setNextSync, updateProfile, type StoredAccount } from './queries.ts';
import type { Profile, PublishManifest } from '../../providers/provider.ts';
import { recordAudit } from '../audit/index.ts';

/** An account with what its network says of itself. */
export interface AccountRow extends StoredAccount {
  readonly network_name: string;
  /** A list of followers by name exists or can be read; else counts only. */
  readonly lists_followers: boolean;
  /** How its posts are taken, by its own limits where it has some; null where none are. */
  readonly publishing: PublishManifest | null;
}

function complete(ctx: WorkspaceContext, row: StoredAccount): AccountRow {
  const manifest = ctx.providers.get(row.network)?.manifest;
  const canList = manifest?.capabilities.includes('followers') ?? false;
  const publishing = manifest?.publishing ?? null;
  return {
    ...row, network_name: manifest?.name ?? row.network, lists_followers: row.has_list || canList,
    publishing: publishing === null ? null : publishingFor(publishing, limitsOf(row)),
  };
}

/** Null where the account's server was never asked. */
function limitsOf({ publish_limits: limits, publish_limits_at: readAt }: StoredAccount): Account['limits'] {
  if (limits === null || readAt === null) return null;
  const { textLengthMax = null, linkLength = null, imagesMax = null, postsPerDay = null, videoBytesMax = null, videoFrameRateMax = null } = limits;
  return { textLengthMax, linkLength, imagesMax, postsPerDay, videoBytesMax, videoFrameRateMax, readAt: readAt.toISOString() };
}

export async function findAccount(db: Db, ctx: WorkspaceContext, accountId: string): Promise<AccountRow | null> {
  const row = await db.maybe(findStored, [ctx.workspace.id, accountId]);
  return row === null ? null : complete(ctx, row);
}

export async function listAccountRows(db: Db, ctx: WorkspaceContext): Promise<readonly AccountRow[]> {
  return (await db.many(listStored, [ctx.workspace.id])).map((row) => complete(ctx, row));
}

/** Accounts of all workspaces whose sync is due, oldest first; for the scheduler, as the worker role. */
export async function listDueAccounts(db: Db, now: Date): Promise<readonly { workspace_id: string; id: string }[]> {
  return db.many(dueAccounts, [now]);
}

/** When the account is looked at next. Does nothing to an account that is not connected. */
export async function scheduleSync(db: Db, ctx: WorkspaceContext, accountId: string, at: Date): Promise<void> {
  await db.run(setNextSync, [ctx.workspace.id, accountId, at]);
}

/** Takes over what the network says of the account; a new handle is written to the audit trail. */
export async function recordProfile(db: Db, ctx: WorkspaceContext, accountId: string, profile: Profile): Promise<void> {
  const before = await db.maybe(findStored, [ctx.workspace.id, accountId]);
  if (before === null) return;
  await db.one(updateProfile, [ctx.workspace.id, accountId, profile.handle, profile.name, profile.profileUrl, profile.followers, ctx.clock.now()]);
  if (before.handle === profile.handle) return;
  await recordAudit(db, ctx, { action: 'account:profile-change', entity: { type: 'account', id: accountId, name: profile.handle } });
}

type ScanColumns = typeof latestScans extends { row?: infer Row } ? NonNullable<Row> : never;

/** A scan as people see it. */
export function toScan(row: ScanColumns): Scan {
  return {
    id: row.id, accountId: row.account_id, kind: row.kind, state: row.state, startedAt: row.started_at.toISOString(),
    finishedAt: row.at?.toISOString() ?? null, stated: row.stated, received: row.received, pages: row.pages, cursorClosed: row.cursor_closed,
    gained: row.gained, lost: row.lost, followers: row.followers, reason: row.reason,
  };
}

/** Accounts as people see them, with the latest scan of each. */
export async function describeAccounts(db: Db, ctx: WorkspaceContext, rows: readonly AccountRow[]): Promise<Account[]> {
  const scans = await db.many(latestScans, [ctx.workspace.id, rows.map((row) => row.id)]);
  const latest = new Map(scans.map((scan) => [scan.account_id, toScan(scan)]));
  return rows.map((row) => toAccount(ctx, row, latest.get(row.id) ?? null));
}

function toAccount(ctx: WorkspaceContext, row: AccountRow, lastScan: Scan | null): Account {
  const asked = ctx.providers.get(row.network)?.manifest.scopes.map(({ scope }) => scope) ?? [];
  const isConnected = row.state === 'connected';
  // The list is exact; the stated count is what we have where there is no list.
  const followers = row.has_list ? row.listed_followers : row.stated_followers;
  const followersAt = row.has_list ? row.listed_at : row.stated_at;
  return {
    id: row.id, network: row.network, networkName: row.network_name, simulated: row.simulated, handle: row.handle, name: row.name,
    profileUrl: row.profile_url, state: row.state, stateReason: row.state_reason, scopesGranted: [...row.scopes_granted],
    scopesMissing: isConnected && row.scopes_granted.length > 0 ? asked.filter((scope) => !row.scopes_granted.includes(scope)) : [],
    tokenExpiresAt: row.token_expires_at?.toISOString() ?? null, connectedAt: row.connected_at.toISOString(),
    listsFollowers: row.lists_followers, followers, followersAt: followersAt?.toISOString() ?? null, lastScan,
    nextSyncAt: row.next_sync_at?.toISOString() ?? null, limits: limitsOf(row),
    budgetMicros: row.budget_micros,
  };
}
