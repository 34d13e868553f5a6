import { createHash, timingSafeEqual } from 'node:crypto';
import type { Bootstrap, changePassword, signIn, signUp } from '@rookery/contract/auth.ts';
import type { BodyOf } from '@rookery/contract/endpoint.ts';
import type { ReplyControl } from '../../platform/http/route.ts';
import { AppError, invalidField } from '../../platform/errors.ts';
import {
  addUser, createSession, findUser, hashPassword, hasUsers, openSession, requireEmail, requireGoodPassword, setPassword, waitForOtherSignUps,
} from '../auth/index.ts';
import type { PublicContext, UserContext } from '../context.ts';
import { listMemberships, type InvitationRow } from './queries.ts';
import { addWorkspace, joinByInvitation, requireInvitation, requireTimeZone } from './service.ts';

/** What a page needs to start, for a user or for nobody. */
export async function readBootstrap(ctx: PublicContext, userId: string | null, reply: ReplyControl): Promise<Bootstrap> {
  const scope = userId === null ? {} : { userId };
  return ctx.database.withScope(scope, async (db) => {
    const user = userId === null ? null : await findUser(db, userId);
    const memberships = user === null ? [] : await db.many(listMemberships, [user.id]);
    return {
      csrfToken: reply.csrfToken(),
      user,
      workspaces: memberships.map((row) => ({ workspaceId: row.id, name: row.name, role: row.role, timeZone: row.time_zone, demo: row.demo, requiresApproval: row.requires_approval })),
      instance: {
        version: ctx.version,
        signUp: (await hasUsers(db)) ? ctx.config.signUp : 'first',
        simulatedNetworks: ctx.simulatedNetworks.size > 0,
      },
    };
  });
}

type SignUp = BodyOf<typeof signUp>;

/** Creates a user: the first with the set-up token, a later one by invitation or where the operator leaves the door open. */
export async function registerUser(ctx: PublicContext, body: SignUp, reply: ReplyControl): Promise<Bootstrap> {
  const email = requireEmail(body.email);
  const name = body.name.trim();
  if (name === '') throw invalidField('/name', 'empty', 'Enter your name.');
  const invitation = body.invitationToken === undefined ? null : await requireInvitation(ctx, body.invitationToken);
  const zone = requireTimeZone(body.timeZone ?? 'UTC');
  await requireOpenDoor(ctx, body, invitation);
  requireGoodPassword(body.password, { email, name }, '/password');
  const passwordHash = await hashPassword(body.password);
  const created = await ctx.database.withScope({}, async (db) => {
    await waitForOtherSignUps(db);
    const isFirst = !(await hasUsers(db));
    if (!isFirst && body.setupToken !== undefined && invitation === null) throw closed(ctx);
    const id = await addUser(db, ctx, { email, name, passwordHash });
    return id === null ? null : { id, session: await createSession(db, ctx, id) };
  });
  if (created === null) throw invalidField('/email', 'taken', 'There is an account with this address. Sign in instead.');
  const user = { id: created.id, name, email };
  if (invitation === null) await addWorkspace(ctx, { name: workspaceName(body, name), timeZone: zone, demo: false, owner: user });
  else await joinByInvitation(ctx, user, invitation);
  reply.setSession(created.session.token, created.session.expiresAt);
  return readBootstrap(ctx, created.id, reply);
}

function workspaceName(body: SignUp, name: string): string {
  const typed = body.workspaceName?.trim() ?? '';
  return typed === '' ? `${name}'s workspace`.slice(0, 80) : typed;
}

/** Who may sign up is decided before anything costly is done, and again where it counts, in the transaction. */
async function requireOpenDoor(ctx: PublicContext, body: SignUp, invitation: InvitationRow | null): Promise<void> {
  const isFirst = !(await ctx.database.withScope({}, hasUsers));
  if (isFirst) {
    if (!isSetupToken(ctx, body.setupToken ?? '')) {
      throw new AppError('sign-up-closed', 'The first account is made with the set-up link that the server printed when it started.');
    }
    return;
  }
  if (invitation === null && ctx.config.signUp !== 'open') throw closed(ctx);
}

function closed(ctx: PublicContext): AppError {
  return ctx.config.signUp === 'open'
    ? new AppError('sign-up-closed', 'The set-up link has been used. Sign up without it.')
    : new AppError('sign-up-closed', 'Sign-up is by invitation. Ask an owner or admin of the workspace for a link.');
}

function isSetupToken(ctx: PublicContext, token: string): boolean {
  if (ctx.setupToken === null) return false;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(token), digest(ctx.setupToken));
}

export async function enter(ctx: PublicContext, body: BodyOf<typeof signIn>, reply: ReplyControl): Promise<Bootstrap> {
  const session = await openSession(ctx, body);
  reply.setSession(session.token, session.expiresAt);
  return readBootstrap(ctx, session.userId, reply);
}

export async function replacePassword(ctx: UserContext, body: BodyOf<typeof changePassword>, reply: ReplyControl): Promise<Bootstrap> {
  const session = await setPassword(ctx, body);
  reply.setSession(session.token, session.expiresAt);
  return readBootstrap(ctx, ctx.session.userId, reply);
}
