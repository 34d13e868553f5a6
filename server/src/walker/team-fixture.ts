import assert from 'node:assert/strict';
import { signUp } from '@rookery/contract/auth.ts';
import { roles, type Role } from '@rookery/contract/permissions.ts';
import { createInvitation, listInvitations, listMembers } from '@rookery/contract/team.ts';
import type { WalkedApp } from './app-fixture.ts';
import { openVisitor, type Visitor } from './visitor-fixture.ts';

export const password = 'copper lantern drifts north';

/** The people of one workspace. */
export interface Team {
  readonly workspaceId: string;
  readonly people: Readonly<Record<Role, Visitor>>;
  /** Signed in, no member, invited by `passerToken`. */
  readonly passer: Visitor;
  readonly passerToken: string;
  readonly ownerEmail: string;
  readonly ownerId: string;
  /** A member who may be changed and removed. */
  readonly spareId: string;
  /** An open invitation that may be taken back, and the token of another one. */
  readonly invitationId: string;
  readonly invitationToken: string;
}

/** Signs everybody up over HTTP. Every name and address begins with `mark`. */
export async function gatherTeam({ app, origin }: WalkedApp, mark: string): Promise<Team> {
  const join = async (name: string, extra: object): Promise<Visitor> => {
    const visitor = await openVisitor(origin);
    await visitor.browser.ok(signUp, { body: { email: addressOf(mark, name), name: `${mark} ${name}`, password, ...extra } });
    await visitor.renewToken();
    return visitor;
  };
  const setupToken = /#setup=(.+)$/.exec(app.setupLink ?? '')?.[1] ?? '';
  const isFirst = mark === firstMark;
  const owner = await join('owner', { workspaceName: `${mark} house`, ...(isFirst ? { setupToken } : {}) });
  const workspaceId = await ownWorkspace(owner);
  const invite = async (name: string, role: Role): Promise<{ id: string; token: string }> => {
    const { invitation, link } = await owner.browser.ok(createInvitation, { params: { workspaceId }, body: { email: addressOf(mark, name), role } });
    return { id: invitation.id, token: link.slice(link.indexOf('=') + 1) };
  };
  const joinAs = async (name: string, role: Role): Promise<Visitor> => join(name, { invitationToken: (await invite(name, role)).token });
  const people = { owner, admin: await joinAs('admin', 'admin'), editor: await joinAs('editor', 'editor'), analyst: await joinAs('analyst', 'analyst') };
  await joinAs('spare', 'analyst');
  const passer = await join('passer', { workspaceName: `${mark} shed` });
  const { members } = await owner.browser.ok(listMembers, { params: { workspaceId } });
  const idOf = (name: string): string => found(members.find((member) => member.name === `${mark} ${name}`)).userId;
  const invitationId = (await invite('revoked', 'editor')).id;
  const team = {
    workspaceId, people, passer, passerToken: (await invite('passer', 'analyst')).token, ownerEmail: addressOf(mark, 'owner'),
    ownerId: idOf('owner'), spareId: idOf('spare'), invitationId, invitationToken: (await invite('open', 'admin')).token,
  };
  assert.equal((await owner.browser.ok(listInvitations, { params: { workspaceId } })).invitations.length, 3);
  assert.deepEqual([...new Set(members.map(({ role }) => role))].sort(), [...roles].sort());
  return team;
}

/** Who signs up first needs the set-up link. */
export const firstMark = 'wagtail';

function addressOf(mark: string, name: string): string {
  return `${mark}-${name}@example.org`;
}

async function ownWorkspace(owner: Visitor): Promise<string> {
  const reply = await owner.browser.send({ path: '/api/bootstrap' });
  const id = /"workspaceId":"([0-9a-f-]{36})"/.exec(reply.bytes.toString())?.[1];
  return found(id);
}

export function found<Value>(value: Value | null | undefined): Value {
  assert.ok(value !== null && value !== undefined, 'the stage misses something');
  return value;
}
