import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { PublicContext, UserContext } from '../context.ts';
import { createHarness } from '../testing/harness.ts';
import { addUser, closeSession, hashPassword, openSession, setPassword } from './service.ts';
import { createSession, findSessionByToken, purgeSessions, type NewSession } from './sessions.ts';

const dayMs = 86_400_000;
const harness = await createHarness({ networks: [] });
const { clock, database, services } = harness;
const visitor: PublicContext = { ...services, facts: { id: 'test', ip: '192.0.2.9', userAgent: 'browser' }, session: null };
const email = 'Grace@example.org';
const password = 'a quiet harbour at dusk';
const passwordHash = await hashPassword(password);
const userId = await database.app.withScope({}, (db) => addUser(db, visitor, { email, name: 'Grace', passwordHash }));
assert.ok(userId !== null);

function signIn(ctx: PublicContext = visitor, secret = password): Promise<NewSession> {
  return openSession(ctx, { email, password: secret });
}

async function isSignedIn({ token }: { token: string }): Promise<boolean> {
  return (await findSessionByToken(services, token)) !== null;
}

async function signedIn(session: NewSession): Promise<UserContext> {
  const info = await findSessionByToken(services, session.token);
  assert.ok(info !== null);
  return { ...visitor, session: info, actor: { kind: 'user', id: info.userId, name: info.userName } };
}

test('a session token is 32 random bytes, and only its SHA-256 is kept', async () => {
  const [one, other] = [await signIn(), await signIn()];
  assert.match(one.token, /^[A-Za-z0-9_-]{43}$/);
  assert.equal(Buffer.from(one.token, 'base64url').length, 32);
  assert.notEqual(one.token, other.token);
  assert.notEqual(one.id, other.id);
  const [row] = await database.admin('select token_hash, session::text as text from session where id = $1', [one.id]);
  assert.deepEqual(row?.['token_hash'], createHash('sha256').update(one.token).digest());
  const asHex = Buffer.from(one.token, 'base64url').toString('hex');
  assert.ok(!String(row['text']).includes(one.token) && !String(row['text']).includes(asHex));
  // Who reads the table cannot sign in with what stands there.
  assert.equal(await isSignedIn({ token: createHash('sha256').update(one.token).digest('base64url') }), false);
});

test('signing in makes a new session and ends the one that the browser held', async () => {
  const before = await signIn();
  const after = await signIn(await signedIn(before));
  assert.notEqual(after.id, before.id);
  assert.equal(await isSignedIn(before), false);
  assert.equal(await isSignedIn(after), true);
});

test('signing in with a wrong password makes no session, ends none and is written down', async () => {
  const before = await signIn();
  const count = async () => (await database.admin(`select (select count(*)::int from session) as sessions,
    (select count(*)::int from audit_event where action = 'user:sign-in-failed') as refused`))[0];
  const counted = await count();
  await assert.rejects(signIn(await signedIn(before), 'a loud harbour at dawn'), { code: 'wrong-credentials' });
  assert.deepEqual(await count(), { sessions: counted?.['sessions'], refused: Number(counted?.['refused']) + 1 });
  assert.equal(await isSignedIn(before), true);
});

test('an unknown address is answered as a wrong password is, and its password is hashed as well', async () => {
  let hashes = 0;
  const hook = createHook({ init: (_id, type) => void (hashes += type === 'ARGON2REQUEST' ? 1 : 0) }).enable();
  const answers: unknown[] = [];
  for (const address of [email, 'nobody@example.org']) {
    hashes = 0;
    const refusal = await openSession(visitor, { email: address, password: 'a loud harbour at dawn' }).then(() => null, (error: unknown) => error);
    assert.ok(refusal instanceof Error && 'code' in refusal);
    answers.push({ code: refusal.code, message: refusal.message, hashes });
  }
  hook.disable();
  assert.deepEqual(answers[1], answers[0]);
  assert.equal(hashes, 1);
});

test('a password change ends every session of that user at once, and of nobody else', async () => {
  const [here, elsewhere] = [await signIn(), await signIn()];
  const stranger = await database.app.withScope({}, (db) => createSession(db, visitor, harness.stranger.session?.userId ?? ''));
  const ctx = await signedIn(here);
  await assert.rejects(setPassword(ctx, { currentPassword: 'not this one', newPassword: 'an even quieter harbour' }), { code: 'invalid-input' });
  assert.equal(await isSignedIn(elsewhere), true);
  const renewed = await setPassword(ctx, { currentPassword: password, newPassword: 'an even quieter harbour' });
  for (const ended of [here, elsewhere]) assert.equal(await isSignedIn(ended), false);
  assert.equal(await isSignedIn(renewed), true);
  assert.equal(await isSignedIn(stranger), true);
  await assert.rejects(signIn(), { code: 'wrong-credentials' });
  assert.ok(await isSignedIn(await signIn(visitor, 'an even quieter harbour')));
  await setPassword(await signedIn(renewed), { currentPassword: 'an even quieter harbour', newPassword: password });
});

test('signing out ends this session alone', async () => {
  const [here, elsewhere] = [await signIn(), await signIn()];
  await closeSession(await signedIn(here));
  assert.equal(await isSignedIn(here), false);
  assert.equal(await isSignedIn(elsewhere), true);
});

test('a session lives for 14 days, however often it is used, and is then removed', async () => {
  const session = await signIn();
  assert.equal(session.expiresAt.getTime() - clock.now().getTime(), 14 * dayMs);
  clock.advance(13 * dayMs);
  assert.equal(await isSignedIn(session), true);
  const [seen] = await database.admin('select last_seen_at from session where id = $1', [session.id]);
  assert.deepEqual(seen?.['last_seen_at'], clock.now());
  clock.advance(dayMs - 1);
  assert.equal(await isSignedIn(session), true);
  clock.advance(1);
  assert.equal(await isSignedIn(session), false);
  const fresh = await signIn();
  await purgeSessions(services);
  assert.deepEqual(await database.admin('select id from session where user_id = $1', [userId]), [{ id: fresh.id }]);
});

test('a look during an open event stream finds the session and is no visit', async () => {
  const session = await signIn();
  clock.advance(3600_000);
  assert.equal((await findSessionByToken(services, session.token, 'recheck'))?.id, session.id);
  const [row] = await database.admin('select last_seen_at = created_at as untouched from session where id = $1', [session.id]);
  assert.deepEqual(row, { untouched: true });
});

test('a disabled user is signed out at once and cannot sign in', async () => {
  const session = await signIn();
  await database.admin('update app_user set disabled_at = now() where id = $1', [userId]);
  assert.equal(await isSignedIn(session), false);
  await assert.rejects(signIn(), { code: 'wrong-credentials' });
  await database.admin('update app_user set disabled_at = null where id = $1', [userId]);
});

test('what is no token of ours is nobody', async () => {
  const { token } = await signIn();
  for (const wrong of [null, '', 'x', `${token}=`, `${token}${token}`, token.slice(0, -1), token.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))]) {
    assert.equal(await findSessionByToken(services, wrong), null, String(wrong));
  }
});
