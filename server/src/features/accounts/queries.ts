import { statement } from '../../platform/db/statement.ts';
import type { PublishLimits } from '../../providers/provider.ts';

export interface StoredAccount {
  readonly id: string;
  readonly network: string;
  readonly external_id: string;
  readonly handle: string;
  readonly name: string;
  readonly profile_url: string | null;
  readonly simulated: boolean;
  readonly state: 'connected' | 'reconnect' | 'import' | 'disconnected';
  readonly state_reason: string | null;
  /** Since when it is in this state; a reconnection begins it anew. */
  readonly state_at: Date;
  readonly scopes_granted: readonly string[];
  readonly connected_at: Date;
  readonly stated_followers: number | null;
  readonly stated_at: Date | null;
  readonly next_sync_at: Date | null;
  readonly token_expires_at: Date | null;
  readonly listed_followers: number | null;
  readonly listed_at: Date | null;
  readonly has_list: boolean;
  readonly publish_limits: PublishLimits | null;
  readonly publish_limits_at: Date | null;
  readonly budget_micros: number | null;
}

const columns = `a.id, a.network, a.external_id, a.handle, a.name, a.profile_url, a.simulated, a.state, a.state_reason, a.state_at, a.scopes_granted,
  a.connected_at, a.publish_limits, a.publish_limits_at, a.budget_micros, a.stated_followers, a.stated_at, a.next_sync_at, t.expires_at as token_expires_at,
  h.followers as listed_followers, h.at as listed_at, coalesce(h.scan_id is not null, false) as has_list`;
const from = `from account a
  left join account_token t on t.workspace_id = a.workspace_id and t.account_id = a.id
  left join audience_head h on h.workspace_id = a.workspace_id and h.account_id = a.id`;

export const listStored = statement<StoredAccount>(
  'accounts.list', `select ${columns} ${from} where a.workspace_id = $1 order by a.connected_at, a.id`,
);

export const findStored = statement<StoredAccount>('accounts.find', `select ${columns} ${from} where a.workspace_id = $1 and a.id = $2`);

/** By the network's id, or an import-only account of the same handle that a connection now takes over. */
export const findByIdentity = statement<{ id: string; external_id: string; state: StoredAccount['state'] }>(
  'accounts.find-by-identity',
  `select id, external_id, state from account
   where workspace_id = $1 and network = $2 and (external_id = $3 or external_id = 'handle:' || lower($4::text))
   order by external_id = $3 desc limit 1 for update`,
);

export const findById = statement<{ id: string; external_id: string; network: string; state: StoredAccount['state'] }>(
  'accounts.find-by-id', `select id, external_id, network, state from account where workspace_id = $1 and id = $2 for update`,
);

export const insertAccount = statement(
  'accounts.insert',
  `insert into account (workspace_id, id, network, external_id, handle, name, profile_url, simulated, state, scopes_granted, connected_at, state_at, next_sync_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)`,
);

export const reconnectAccount = statement(
  'accounts.reconnect',
  `update account set external_id = $3, handle = $4, name = $5, profile_url = $6, simulated = $7, state = 'connected', state_reason = null,
     state_at = $9, scopes_granted = $8, next_sync_at = $9 where workspace_id = $1 and id = $2`,
);

export const savePublishLimits = statement(
  'accounts.save-publish-limits', `update account set publish_limits = $3, publish_limits_at = $4 where workspace_id = $1 and id = $2`,
);

export const saveBudget = statement('accounts.save-budget', `update account set budget_micros = $3 where workspace_id = $1 and id = $2`);

/** Only a working account can lose its access; one that a person disconnected stays so. */
export const loseAccess = statement(
  'accounts.lose-access',
  `update account set state = 'reconnect', state_reason = $3, state_at = $4, next_sync_at = null
   where workspace_id = $1 and id = $2 and state = 'connected'`,
);

export const disconnect = statement(
  'accounts.disconnect',
  `update account set state = 'disconnected', state_reason = null, state_at = $3, next_sync_at = null where workspace_id = $1 and id = $2`,
);

export const updateProfile = statement<{ handle: string }>(
  'accounts.update-profile',
  `update account set handle = $3, name = $4, profile_url = coalesce($5, profile_url), stated_followers = coalesce($6, stated_followers),
     stated_at = case when $6::bigint is null then stated_at else $7 end
   where workspace_id = $1 and id = $2 returning handle`,
);

export const setNextSync = statement(
  'accounts.set-next-sync',
  `update account set next_sync_at = $3 where workspace_id = $1 and id = $2 and state = 'connected'`,
);

export const dueAccounts = statement<{ workspace_id: string; id: string }>(
  'accounts.due',
  `select workspace_id, id from account where next_sync_at is not null and next_sync_at <= $1 order by next_sync_at limit 200`,
);

export interface TokenRow {
  readonly token_enc: string;
  readonly key_id: string;
  readonly binding: Buffer;
  readonly version: number;
  readonly expires_at: Date | null;
}

const tokenColumns = `token_enc, key_id, binding, version, expires_at`;
export const findToken = statement<TokenRow>('accounts.find-token', `select ${tokenColumns} from account_token where workspace_id = $1 and account_id = $2`);

/** Takes the turn to renew the grant of this version, unless somebody has it. By the database's clock: processes may disagree. */
export const takeRefresh = statement(
  'accounts.take-refresh',
  `update account_token set refreshing_by = $4, refreshing_until = now() + make_interval(secs => $5)
   where workspace_id = $1 and account_id = $2 and version = $3 and (refreshing_until is null or refreshing_until <= now())`,
);

export const endRefresh = statement(
  'accounts.end-refresh',
  `update account_token set refreshing_until = null where workspace_id = $1 and account_id = $2 and refreshing_by = $3`,
);

/** Touches no row when a person has connected anew meanwhile, or another process has renewed the grant. */
export const saveRefreshed = statement(
  'accounts.save-refreshed',
  `update account_token set token_enc = $4, key_id = $5, binding = $6, version = version + 1, expires_at = $7, updated_at = $8, refreshing_until = null
   where workspace_id = $1 and account_id = $2 and version = $3`,
);

export const saveToken = statement(
  'accounts.save-token',
  `insert into account_token as old (workspace_id, account_id, token_enc, key_id, binding, version, expires_at, updated_at)
   values ($1, $2, $3, $4, $5, 1, $6, $7)
   on conflict (workspace_id, account_id) do update set token_enc = excluded.token_enc, key_id = excluded.key_id,
     binding = excluded.binding, version = old.version + 1, expires_at = excluded.expires_at, updated_at = excluded.updated_at,
     refreshing_until = null`,
);

export const deleteToken = statement('accounts.delete-token', `delete from account_token where workspace_id = $1 and account_id = $2`);

export const insertConsent = statement(
  'accounts.insert-consent',
  `insert into consent (workspace_id, state_hash, user_id, session_id, network, account_id, secrets_enc, key_id, created_at, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
);

export interface ConsentRow {
  readonly workspace_id: string;
  readonly session_id: string;
  readonly network: string;
  readonly account_id: string | null;
  readonly secrets_enc: string;
  readonly expires_at: Date;
}

/** Read and gone: a state counts once, whatever comes of it. */
export const takeConsent = statement<ConsentRow>(
  'accounts.take-consent',
  `delete from consent where state_hash = $1 and user_id = $2 returning workspace_id, session_id, network, account_id, secrets_enc, expires_at`,
);

export const deleteExpiredConsents = statement('accounts.delete-expired-consents', `delete from consent where workspace_id = $1 and expires_at < $2`);

export const readMemory = statement<{ value_enc: string }>('accounts.read-memory', `select value_enc from provider_memory where key = $1`);
export const writeMemory = statement(
  'accounts.write-memory',
  `insert into provider_memory (key, value_enc, key_id, updated_at) values ($1, $2, $3, $4)
   on conflict (key) do update set value_enc = excluded.value_enc, key_id = excluded.key_id, updated_at = excluded.updated_at`,
);

export const latestScans = statement<{
  readonly id: string; readonly account_id: string; readonly kind: 'full' | 'new' | 'import';
  readonly state: 'running' | 'complete' | 'partial' | 'held' | 'discarded' | 'failed';
  readonly started_at: Date; readonly at: Date | null; readonly stated: number | null; readonly received: number; readonly pages: number;
  readonly cursor_closed: boolean; readonly gained: number; readonly lost: number; readonly followers: number | null; readonly reason: string | null;
}>(
  'accounts.latest-scans',
  `select s.id, s.account_id, s.kind, s.state, s.started_at, s.at, s.stated, s.received, s.pages, s.cursor_closed, s.gained, s.lost, s.followers, s.reason
   from unnest($2::uuid[]) as a (id)
   join lateral (select * from scan where workspace_id = $1 and account_id = a.id order by started_at desc, id desc limit 1) s on true`,
);
