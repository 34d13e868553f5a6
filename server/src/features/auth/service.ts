import type { User, changePassword, signIn, updateProfile } from '@rookery/contract/auth.ts';
import type { BodyOf } from '@rookery/contract/endpoint.ts';
import type { Db } from '../../platform/db/database.ts';
import { AppError, invalidField } from '../../platform/errors.ts';
import { createId } from '../../platform/id.ts';
import { recordAudit } from '../audit/index.ts';
import type { PublicContext, UserContext } from '../context.ts';
import { createPasswordHasher } from './password-hash.ts';
import { checkPassword } from './password-rules.ts';
import {
  countUsers, deleteSession, deleteSessionsOf, findUserByEmail, findUserById, insertUser, lockSignUp, updatePasswordHash, updateUser, type UserRow,
} from './queries.ts';
import { createSession, type NewSession } from './sessions.ts';

const hasher = createPasswordHasher();
const emailForm = /^[^\s@"(),:;<>[\\\]]+@[^\s@"(),:;<>[\\\]]+\.[^\s@"(),:;<>[\\\]]+$/;

/** One form of an address for comparing: NFKC, lower case. */
export function emailKeyOf(email: string): string {
  return email.normalize('NFKC').trim().toLowerCase();
}

export function requireEmail(email: string): string {
  const trimmed = email.trim();
  if (!emailForm.test(trimmed)) throw invalidField('/email', 'email', 'Enter an e-mail address, as name@example.org.');
  return trimmed;
}

export function toUser(row: UserRow): User {
  return {
    id: row.id, email: row.email, name: row.name, theme: row.theme, density: row.density, singleKeyShortcuts: row.single_key_shortcuts,
  };
}

/** Says whether anybody has signed up yet. */
export async function hasUsers(db: Db): Promise<boolean> {
  return (await db.one(countUsers)).found;
}

/** Waits for any other sign-up to be decided; released with the transaction. */
export async function waitForOtherSignUps(db: Db): Promise<void> {
  await db.one(lockSignUp);
}

/** Throws `invalid-input` with one field error per rule that the password breaks; the list goes under `pointer`. */
export function requireGoodPassword(password: string, person: { email: string; name: string }, pointer: string): void {
  const faults = checkPassword(password, { email: person.email, name: person.name });
  if (faults.length === 0) return;
  throw new AppError('invalid-input', faults[0]?.message, { fields: faults.map((fault) => ({ pointer, ...fault })) });
}

/** The slow part of a sign-up, before any transaction is open. */
export async function hashPassword(password: string): Promise<string> {
  return hasher.hash(password);
}

/** Adds a user; null when the address is taken. */
export async function addUser(db: Db, ctx: PublicContext, user: { email: string; name: string; passwordHash: string }): Promise<string | null> {
  const now = ctx.clock.now();
  const id = createId(now.getTime());
  const added = await db.run(insertUser, [id, user.email, emailKeyOf(user.email), user.name.trim(), user.passwordHash, now]);
  if (added === 0) return null;
  await recordAudit(db, { ...ctx, actor: { kind: 'user', id, name: user.name } }, { action: 'user:sign-up', entity: { type: 'user', id, name: user.name } });
  return id;
}

/** Checks address and password. The answer and its time are the same for an unknown address and a wrong password. */
export async function openSession(ctx: PublicContext, body: BodyOf<typeof signIn>): Promise<NewSession & { userId: string }> {
  const user = await ctx.database.withScope({}, (db) => db.maybe(findUserByEmail, [emailKeyOf(body.email)]));
  const isRight = await hasher.verify(body.password, user?.password_hash ?? null);
  return ctx.database.withScope({}, async (db) => {
    if (user === null || !isRight || user.disabled_at !== null) return null;
    if (ctx.session !== null) await db.run(deleteSession, [ctx.session.id]);
    const session = await createSession(db, ctx, user.id);
    await recordAudit(db, { ...ctx, actor: { kind: 'user', id: user.id, name: user.name } }, { action: 'user:sign-in', entity: { type: 'user', id: user.id, name: user.name } });
    return { ...session, userId: user.id };
  }).then(async (session) => session ?? refuseSignIn(ctx, body.email));
}

async function refuseSignIn(ctx: PublicContext, email: string): Promise<never> {
  const anonymous = { kind: 'system', id: null, name: 'sign-in' } as const;
  await ctx.database.withScope({}, (db) =>
    recordAudit(db, { ...ctx, actor: anonymous }, { action: 'user:sign-in-failed', entity: { type: 'user', id: null, name: email } }),
  );
  throw new AppError('wrong-credentials', 'E-mail address or password is wrong. Check both and try again.');
}

export async function closeSession(ctx: UserContext): Promise<{ ok: true }> {
  await ctx.database.withScope({}, async (db) => {
    await db.run(deleteSession, [ctx.session.id]);
    await recordAudit(db, ctx, { action: 'user:sign-out', entity: { type: 'user', id: ctx.session.userId, name: ctx.session.userName } });
  });
  return { ok: true };
}

/** Sets a new password and ends every session of the user; answers a new one for this browser. */
export async function setPassword(ctx: UserContext, body: BodyOf<typeof changePassword>): Promise<NewSession> {
  const user = await ctx.database.withScope({}, (db) => db.maybe(findUserById, [ctx.session.userId]));
  if (user === null) throw new AppError('not-signed-in');
  if (!(await hasher.verify(body.currentPassword, user.password_hash))) {
    throw invalidField('/currentPassword', 'wrong', 'This is not your current password.');
  }
  requireGoodPassword(body.newPassword, user, '/newPassword');
  const hash = await hasher.hash(body.newPassword);
  return ctx.database.withScope({}, async (db) => {
    await db.run(updatePasswordHash, [user.id, hash]);
    await db.run(deleteSessionsOf, [user.id]);
    await recordAudit(db, ctx, { action: 'user:password-change', entity: { type: 'user', id: user.id, name: user.name } });
    return createSession(db, ctx, user.id);
  });
}

export async function changeProfile(ctx: UserContext, body: BodyOf<typeof updateProfile>): Promise<{ user: User }> {
  return ctx.database.withScope({}, async (db) => {
    const row = await db.maybe(updateUser, [
      ctx.session.userId, body.name?.trim() ?? null, body.theme ?? null, body.density ?? null, body.singleKeyShortcuts ?? null,
    ]);
    if (row === null) throw new AppError('not-signed-in');
    await recordAudit(db, ctx, { action: 'user:profile-change', entity: { type: 'user', id: row.id, name: row.name } });
    return { user: toUser(row) };
  });
}

/** The signed-in user as the browser needs to know them. */
export async function findUser(db: Db, userId: string): Promise<User | null> {
  const row = await db.maybe(findUserById, [userId]);
  return row === null ? null : toUser(row);
}
