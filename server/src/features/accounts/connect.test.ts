import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { AppError } from '../../platform/errors.ts';
import { ProviderError } from '../../providers/provider.ts';
import { driveConsent } from '../../providers/simulation/drive-consent.ts';
import { createSession } from '../auth/index.ts';
import type { PublicContext, WorkspaceContext } from '../context.ts';
import { connectByConsent, createHarness } from '../testing/harness.ts';
import { beginConnect, completeConnect } from './connect.ts';

const minuteMs = 60_000;
const harness = await createHarness({ networks: ['x', 'mastodon'] });
const { clock, database, owner, stranger, services } = harness;
const simulator = harness.simulator('x');
const [first, second] = simulator.world.accounts;
assert.ok(first !== undefined && second !== undefined);

async function begin(ctx: WorkspaceContext = owner, accountId?: string): Promise<{ authorizeUrl: string; state: string }> {
  const { authorizeUrl } = await beginConnect(ctx, { network: 'x', ...(accountId === undefined ? {} : { accountId }) });
  return { authorizeUrl, state: new URL(authorizeUrl).searchParams.get('state') ?? '' };
}

async function callback(ctx: PublicContext, query: Record<string, string> | URL, network = 'x'): Promise<string> {
  const parameters = query instanceof URL ? Object.fromEntries(query.searchParams) : query;
  return (await completeConnect(ctx, { params: { network }, query: parameters })).redirectTo;
}

async function accounts(): Promise<number> {
  return (await database.admin('select id from account')).length;
}

function exchanges(): number {
  return simulator.counts()['token.authorization_code'] ?? 0;
}

async function lastRefusal(): Promise<unknown> {
  const [row] = await database.admin(`select metadata from audit_event where action = 'oauth:refused' order by xid desc limit 1`);
  return row?.['metadata'];
}

/** Nothing came of it: no account, no call with the code, and the state is used up. */
async function requireNothing(work: () => Promise<void>): Promise<void> {
  const before = [await accounts(), exchanges()];
  await work();
  assert.deepEqual([await accounts(), exchanges()], before);
}

test('a state is 32 random bytes, and only its SHA-256 is kept, for ten minutes', async () => {
  const { state } = await begin();
  assert.equal(Buffer.from(state, 'base64url').length, 32);
  const [row] = await database.admin('select state_hash, expires_at, consent::text as text from consent order by created_at desc limit 1');
  assert.deepEqual(row?.['state_hash'], createHash('sha256').update(state).digest());
  assert.ok(!String(row['text']).includes(state));
  assert.deepEqual(row['expires_at'], new Date(clock.now().getTime() + 10 * minuteMs));
});

test('who denies consent is sent back with that word, and it is written down', () => requireNothing(async () => {
  const { authorizeUrl } = await begin();
  const back = await driveConsent(authorizeUrl, { decision: 'deny' });
  assert.equal(await callback(owner, back), '/accounts/connect?problem=denied&network=x');
  assert.deepEqual(await lastRefusal(), { problem: 'denied', reason: 'access_denied' });
  assert.equal(await callback(owner, back), '/accounts/connect?problem=expired&network=x');
}));

test('an error callback with HTML, control characters and another place to go leads to our own page and nowhere else', () => requireNothing(async () => {
  for (const error of ['<script>alert(1)</script>', 'a\u0000b\r\nlocation: https://evil.example', '//evil.example/'.repeat(40)]) {
    const { state } = await begin();
    assert.equal(await callback(owner, { state, error, error_description: '<img src=x onerror=alert(1)>' }), '/accounts/connect?problem=denied&network=x');
  }
  const [event] = await database.admin(`select length(metadata ->> 'reason') as n from audit_event where action = 'oauth:refused' order by xid desc limit 1`);
  assert.equal(event?.['n'], 200);
  assert.equal(await callback(owner, { error: 'x' }, 'x&next=//evil.example'), '/accounts/connect?problem=expired&network=x%26next%3D%2F%2Fevil.example');
}));

test('a consent counts for ten minutes and not longer', async () => {
  const late = await begin();
  clock.advance(10 * minuteMs + 1);
  await requireNothing(async () => {
    const back = await driveConsent(late.authorizeUrl, { account: first.handle });
    assert.equal(await callback(owner, back), '/accounts/connect?problem=expired&network=x');
  });
  const inTime = await begin();
  clock.advance(10 * minuteMs);
  const back = await driveConsent(inTime.authorizeUrl, { account: first.handle });
  assert.match(await callback(owner, back), /^\/accounts\/[0-9a-f-]{36}\?connected=1$/);
});

test('a state counts once: the same callback again connects nothing', async () => {
  const { authorizeUrl } = await begin();
  const back = await driveConsent(authorizeUrl, { account: first.handle });
  assert.match(await callback(owner, back), /connected=1$/);
  await requireNothing(async () => assert.equal(await callback(owner, back), '/accounts/connect?problem=expired&network=x'));
});

test('of five callbacks with one state at once, one counts', async () => {
  const { authorizeUrl } = await begin();
  const back = await driveConsent(authorizeUrl, { account: first.handle });
  const before = exchanges();
  const answers = await Promise.all(Array.from({ length: 5 }, () => callback(owner, back)));
  assert.equal(answers.filter((answer) => answer.endsWith('connected=1')).length, 1);
  assert.equal(exchanges() - before, 1);
});

test('another browser session of the same user cannot finish a consent, and uses it up', () => requireNothing(async () => {
  const { authorizeUrl } = await begin();
  const back = await driveConsent(authorizeUrl, { account: first.handle });
  const userId = owner.session?.userId ?? '';
  const other = await database.app.withScope({}, (db) => createSession(db, owner, userId));
  const elsewhere: PublicContext = { ...owner, session: { id: other.id, userId, userName: 'Ada Owner' } };
  assert.equal(await callback(elsewhere, back), '/accounts/connect?problem=other-session&network=x');
  assert.equal(await callback(owner, back), '/accounts/connect?problem=expired&network=x');
}));

test('another user, or nobody, cannot finish a consent; who began it still can', async () => {
  const { authorizeUrl } = await begin();
  const back = await driveConsent(authorizeUrl, { account: first.handle });
  await requireNothing(async () => {
    assert.equal(await callback(stranger, back), '/accounts/connect?problem=expired&network=x');
    assert.equal(await callback({ ...owner, session: null }, back), '/accounts/connect?problem=expired&network=x');
    assert.equal(await callback(owner, { code: back.searchParams.get('code') ?? '' }), '/accounts/connect?problem=expired&network=x', 'no state');
  });
  assert.match(await callback(owner, back), /connected=1$/);
});

test('a code brought to another network\'s callback is not exchanged anywhere, and the state is used up', () => requireNothing(async () => {
  const { authorizeUrl } = await begin();
  const back = await driveConsent(authorizeUrl, { account: first.handle });
  assert.equal(await callback(owner, back, 'mastodon'), '/accounts/connect?problem=other-session&network=mastodon');
  assert.equal(await callback(owner, back), '/accounts/connect?problem=expired&network=x');
}));

test('a code that the network did not give is refused, and its words are written down without it', async () => {
  const { state } = await begin();
  const before = await accounts();
  assert.equal(await callback(owner, { state, code: 'forged-code-of-somebody' }), '/accounts/connect?problem=network&network=x');
  assert.equal(await accounts(), before);
  assert.ok(!JSON.stringify(await lastRefusal()).includes('forged-code'));
});

test('an account lands in the workspace where its consent began, and not for somebody who has left it', async () => {
  const guest = await harness.addOwner('Guest');
  const userId = guest.session?.userId ?? '';
  await database.admin(`insert into member (workspace_id, user_id, role, joined_at) values ($1, $2, 'admin', now())`, [owner.workspace.id, userId]);
  const inOwners: WorkspaceContext = { ...owner, session: guest.session, actor: guest.actor, role: 'admin' };
  const { authorizeUrl } = await begin(inOwners);
  const back = await driveConsent(authorizeUrl, { account: second.handle });
  // The callback says nothing of a workspace: the consent does.
  const id = /^\/accounts\/(.{36})\?/.exec(await callback(guest, back))?.[1];
  assert.deepEqual(await database.admin('select workspace_id from account where id = $1', [id]), [{ workspace_id: owner.workspace.id }]);

  for (const [change, values] of [
    [`update member set role = 'analyst' where user_id = $1 and workspace_id = $2`, [userId, owner.workspace.id]],
    ['delete from member where user_id = $1 and workspace_id = $2', [userId, owner.workspace.id]],
  ] as const) {
    await requireNothing(async () => {
      const again = await begin(inOwners);
      const answer = await driveConsent(again.authorizeUrl, { account: first.handle });
      await database.admin(change, values);
      assert.equal(await callback(guest, answer), '/accounts/connect?problem=not-allowed&network=x');
    });
  }
});

test('a reconnection that comes back as another account is refused, names the account that was meant, and leaves its access alone', async () => {
  const accountId = await harness.connectX(first.handle);
  const grant = async () => database.admin('select token_enc, version from account_token where account_id = $1', [accountId]);
  const before = await grant();
  const { authorizeUrl } = await begin(owner, accountId);
  const back = await driveConsent(authorizeUrl, { account: simulator.world.accounts[2]?.handle ?? '' });
  assert.equal(await callback(owner, back), `/accounts/connect?problem=other-account&network=x&account=${accountId}`);
  assert.deepEqual(await grant(), before);
  assert.deepEqual(await database.admin('select id from account where external_id = $1', [simulator.world.accounts[2]?.id]), []);
});

test('a grant that comes back as another account is revoked at the network, unless that account is connected here', async () => {
  const accountId = await harness.connectX(first.handle);
  await harness.connectX(second.handle);
  const real = services.providers.get('x');
  assert.ok(real !== null);
  const revoked: string[] = [];
  const watched = { ...real, revoke: async ({ externalId }: { externalId: string }) => {
    revoked.push(externalId);
    throw new ProviderError('retryable', 'Not now.');
  } };
  const providers = { list: () => services.providers.list(), get: (id: string) => (id === 'x' ? watched : services.providers.get(id)) };
  const other = simulator.world.accounts[2];
  for (const account of [second, other]) {
    const back = await driveConsent((await begin(owner, accountId)).authorizeUrl, { account: account?.handle ?? '' });
    assert.match(await callback({ ...owner, providers }, back), /problem=other-account/, 'whatever the network says to it');
  }
  assert.deepEqual(revoked, [other?.id]);
});

test('whatever goes wrong while reconnecting, the way back names the account', async () => {
  const accountId = await harness.connectX(first.handle);
  const denied = await driveConsent((await begin(owner, accountId)).authorizeUrl, { decision: 'deny' });
  assert.equal(await callback(owner, denied), `/accounts/connect?problem=denied&network=x&account=${accountId}`);
  const { state } = await begin(owner, accountId);
  assert.equal(await callback(owner, { state, code: 'forged' }), `/accounts/connect?problem=network&network=x&account=${accountId}`);
  const late = await begin(owner, accountId);
  clock.advance(11 * minuteMs);
  assert.equal(await callback(owner, { state: late.state, code: 'late' }), `/accounts/connect?problem=expired&network=x&account=${accountId}`);
});

test('the right account reconnects: one account, a new grant, an event of its own', async () => {
  const accountId = await harness.connectX(first.handle);
  await database.admin(`update account set state = 'reconnect', state_reason = 'test' where id = $1`, [accountId]);
  assert.equal(await connectByConsent(owner, { network: 'x', account: first.handle, accountId }), accountId);
  const [row] = await database.admin('select state, state_reason from account where id = $1', [accountId]);
  assert.deepEqual(row, { state: 'connected', state_reason: null });
  const [event] = await database.admin(`select action from audit_event where entity_id = $1 order by xid desc limit 1`, [accountId]);
  assert.equal(event?.['action'], 'oauth:reconnect');
});

test('only who may manage accounts can begin, and nobody for an account of another workspace', async () => {
  const accountId = await harness.connectX(first.handle);
  await assert.rejects(beginConnect({ ...owner, role: 'analyst' }, { network: 'x' }), { code: 'not-allowed' });
  await assert.rejects(beginConnect(stranger, { network: 'x', accountId }), { code: 'not-found' });
  await assert.rejects(beginConnect(owner, { network: 'mastodon', accountId }), (error: Error & { code?: string }) =>
    error.code === 'not-found' || error.code === 'invalid-input');
  await assert.rejects(beginConnect(owner, { network: 'nowhere' }), { code: 'invalid-input' });
  await assert.rejects(beginConnect({ ...owner, simulatedNetworks: new Set() }, { network: 'x' }), { code: 'network-not-configured' });
  assert.equal(services.providers.get('x')?.manifest.settings.length, 1);
});

test('a network that asks to wait is passed on as such, with the time', async () => {
  const mastodon = harness.simulator('mastodon');
  mastodon.faults.rateLimitNext(10);
  await assert.rejects(beginConnect(owner, { network: 'mastodon', address: mastodon.origin }), (error) =>
    error instanceof AppError && error.code === 'rate-limited' && (error.retryAfterSeconds ?? 0) > 0);
  mastodon.faults.reset();
});
