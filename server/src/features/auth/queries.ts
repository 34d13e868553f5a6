import type { User } from '@rookery/contract/auth.ts';
import { statement } from '../../platform/db/statement.ts';

export interface UserRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly theme: User['theme'];
  readonly density: User['density'];
  readonly single_key_shortcuts: boolean;
}

const userColumns = `u.id, u.email, u.name, u.theme, u.density, u.single_key_shortcuts`;

export const insertUser = statement(
  'auth.insert-user',
  `insert into app_user (id, email, email_key, name, password_hash, created_at) values ($1, $2, $3, $4, $5, $6) on conflict (email_key) do nothing`,
);

/** One lock for the decision "is this the first user": two sign-ups at once make one first user. */
export const lockSignUp = statement<{ locked: string }>('auth.lock-sign-up', `select pg_advisory_xact_lock(7245911408)::text as locked`);
export const countUsers = statement<{ found: boolean }>('auth.has-users', `select exists (select from app_user) as found`);

export const findUserByEmail = statement<UserRow & { password_hash: string; disabled_at: Date | null }>(
  'auth.find-user-by-email', `select ${userColumns}, u.password_hash, u.disabled_at from app_user u where u.email_key = $1`,
);

export const findUserById = statement<UserRow & { password_hash: string }>(
  'auth.find-user-by-id', `select ${userColumns}, u.password_hash from app_user u where u.id = $1 and u.disabled_at is null`,
);

export const updatePasswordHash = statement('auth.update-password', `update app_user set password_hash = $2 where id = $1`);

export const updateUser = statement<UserRow>(
  'auth.update-user',
  `update app_user u set name = coalesce($2, name), theme = coalesce($3, theme), density = coalesce($4, density),
     single_key_shortcuts = coalesce($5, single_key_shortcuts) where u.id = $1 returning ${userColumns}`,
);

export const insertSession = statement(
  'auth.insert-session',
  `insert into session (id, token_hash, user_id, created_at, last_seen_at, expires_at, ip, user_agent) values ($1, $2, $3, $4, $4, $5, $6, $7)`,
);

export const findSession = statement<{ id: string; user_id: string; user_name: string; last_seen_at: Date }>(
  'auth.find-session',
  `select s.id, s.user_id, u.name as user_name, s.last_seen_at from session s join app_user u on u.id = s.user_id
   where s.token_hash = $1 and s.expires_at > $2 and u.disabled_at is null`,
);

export const touchSession = statement('auth.touch-session', `update session set last_seen_at = $2 where id = $1`);
export const deleteSession = statement('auth.delete-session', `delete from session where id = $1`);
export const deleteSessionsOf = statement('auth.delete-sessions-of', `delete from session where user_id = $1`);
export const deleteExpiredSessions = statement('auth.delete-expired-sessions', `delete from session where expires_at <= $1`);
