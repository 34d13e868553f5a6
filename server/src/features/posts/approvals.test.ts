import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { BodyOf } from '@rookery/contract/endpoint.ts';
import type { Content, createPost, Post } from '@rookery/contract/posts.ts';
import { AppError } from '../../platform/errors.ts';
import { updateWorkspace } from '@rookery/contract/team.ts';
import type { WorkspaceContext } from '../context.ts';
import { createHarness } from '../testing/harness.ts';
import { changeWorkspace } from '../workspaces/service.ts';
import { findApproval, hashRelease, releaseOf } from './approval-rule.ts';
import { approve, giveBack, readApprovals, sendForApproval } from './approvals.ts';
import { decideDoubtful, removePost, retry } from './decide.ts';
import { scriptNetwork, withProvider } from './scripted-publishing.ts';
import { changePost, publishNow, readPost, requirePost, writePost } from './service.ts';

const harness = await createHarness();
const { clock, database, stranger } = harness;
const account = await harness.connectX('tidewatercoop');
const other = await harness.connectX('mirelavance');
const real = harness.services.providers.get('x');
assert.ok(real !== null);
const providers = withProvider(harness.services.providers, scriptNetwork(real, {}).provider);
const owner: WorkspaceContext = { ...harness.owner, providers };
const admin: WorkspaceContext = { ...owner, role: 'admin', actor: { kind: 'user', id: randomUUID(), name: 'Anna Admin' } };
const editor: WorkspaceContext = { ...owner, role: 'editor', actor: { kind: 'user', id: randomUUID(), name: 'Ed Editor' } };
const analyst: WorkspaceContext = { ...owner, role: 'analyst' };
await setRule(true);

let counter = 0;
const content = (text = `Words of their own, number ${(counter += 1)}`): Content => ({ parts: [{ text, media: [] }], firstComment: null });
const later = { kind: 'at', wallTime: '2026-12-01T09:00', zone: 'Europe/Berlin' } as const;
const muchLater = { ...later, wallTime: '2026-12-02T10:00' } as const;
const draftBody = (change: Partial<BodyOf<typeof createPost>> = {}): BodyOf<typeof createPost> => ({
  requestKey: randomUUID(), content: content(), targets: [{ accountId: account, content: null }], when: { kind: 'draft' }, ...change,
});

async function setRule(requiresApproval: boolean): Promise<void> {
  await changeWorkspace(owner, { requiresApproval });
}

async function refused(code: string, work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.then(() => assert.fail('it was not refused'), (reason: unknown) => reason);
  assert.ok(error instanceof AppError, String(error));
  assert.equal(error.code, code, error.message);
  return error;
}

const draft = async (): Promise<Post> => (await writePost(editor, draftBody())).post;
const asked = async (): Promise<Post> => {
  const post = await draft();
  return (await sendForApproval(editor, post.id, { version: post.version, when: later, note: 'Please look' })).post;
};
const approved = async (): Promise<Post> => {
  const post = await asked();
  return (await approve(admin, post.id, { version: post.version })).post;
};
const now = async (post: Post): Promise<Post> => (await readPost(owner, post.id)).post;

async function settle(post: Post, state: string): Promise<string> {
  await database.admin('update post_target set state = $2, work_at = null where post_id = $1', [post.id, state]);
  return post.targets[0]?.id ?? '';
}

/** What is planned is, to the letter, what was approved. Answers whether anything is. */
async function requireBound(postId: string): Promise<boolean> {
  return owner.transaction(async (db) => {
    const { row, targets } = await requirePost(db, owner, postId);
    if (row.due_at === null && targets.every(({ state }) => state === 'draft')) return false;
    const approval = await findApproval(db, owner, postId);
    assert.equal(approval?.state, 'approved');
    assert.deepEqual(approval.release_hash, hashRelease(releaseOf(row, targets)));
    return true;
  });
}

/** Every way in which something of a post could leave draft, failed or review, as an editor tries it. */
const ways: readonly [string, (as: WorkspaceContext) => Promise<unknown>][] = [
  ['written for a time', (as) => writePost(as, draftBody({ when: later }))],
  ['written for now', (as) => writePost(as, draftBody({ when: { kind: 'now' } }))],
  ['given a time', async (as) => { const post = await draft(); return changePost(as, post.id, { version: post.version, when: later }); }],
  ['sent now by a change', async (as) => { const post = await draft(); return changePost(as, post.id, { version: post.version, when: { kind: 'now' } }); }],
  ['published now', async (as) => { const post = await draft(); return publishNow(as, post.id, { version: post.version }); }],
  ['moved when planned', async (as) => { const post = await approved(); return changePost(as, post.id, { version: post.version, when: muchLater }); }],
  ['published now when planned', async (as) => { const post = await approved(); return publishNow(as, post.id, { version: post.version }); }],
  ['given a time while it waits', async (as) => { const post = await asked(); return changePost(as, post.id, { version: post.version, when: later }); }],
  ['tried again', async (as) => { const post = await approved(); return retry(as, post.id, await settle(post, 'failed')); }],
  ['sent again after doubt', async (as) => { const post = await approved(); const targetId = await settle(post, 'review'); return decideDoubtful(as, { postId: post.id, targetId }, { decision: 'send-again' }); }],
];

for (const [name, way] of ways) {
  test(`under the rule, no editor's post is ${name}, an admin's is, and without the rule an editor's is`, async () => {
    await refused('approval-needed', way(editor));
    await way(admin);
    await setRule(false);
    try {
      await way(editor);
    } finally {
      await setRule(true);
    }
  });
}

test('asking keeps the time beside a draft; approving plans it at that time, and the thread and the audit log tell of both', async () => {
  const post = await asked();
  assert.deepEqual([post.state, post.dueAt, post.approval?.state, post.approval?.wantedAt, post.approval?.requestedBy], ['draft', null, 'requested', '2026-12-01T08:00:00.000Z', 'Ed Editor']);
  assert.ok((await readApprovals(owner)).posts.some(({ id }) => id === post.id));
  const { post: done } = await approve(admin, post.id, { version: post.version, note: 'Good' });
  assert.deepEqual([done.state, done.dueAt, done.approval?.state, done.approval?.decidedBy], ['scheduled', '2026-12-01T08:00:00.000Z', 'approved', 'Anna Admin']);
  assert.ok(!(await readApprovals(owner)).posts.some(({ id }) => id === post.id));
  const thread = await database.admin('select kind, author_name, text from post_comment where post_id = $1 order by id', [post.id]);
  assert.deepEqual(thread, [{ kind: 'asked', author_name: 'Ed Editor', text: 'Please look' }, { kind: 'approved', author_name: 'Anna Admin', text: 'Good' }]);
  const events = await database.admin('select action from audit_event where entity_id = $1 order by xid, id', [post.id]);
  assert.deepEqual(events.map((row) => row['action']), ['post:create', 'post:ask-approval', 'post:approve']);
});

test('nobody but owners and admins approves or asks for changes, and no analyst asks', async () => {
  const post = await asked();
  const { version } = post;
  await refused('not-allowed', approve(editor, post.id, { version }));
  await refused('not-allowed', giveBack(editor, post.id, { version, note: 'no' }));
  await refused('not-allowed', sendForApproval(analyst, post.id, { version, when: later }));
  await refused('not-found', approve(stranger, post.id, { version }));
  await refused('not-found', giveBack(stranger, post.id, { version, note: 'no' }));
  await refused('not-found', sendForApproval(stranger, post.id, { version, when: later }));
  assert.deepEqual((await readApprovals(stranger)).posts, []);
});

test('a post that is given back stays a draft with the note, and can be asked for again', async () => {
  const post = await asked();
  const { post: back } = await giveBack(admin, post.id, { version: post.version, note: 'Shorter, please' });
  assert.deepEqual([back.state, back.approval?.state, back.approval?.note], ['draft', 'changes-requested', 'Shorter, please']);
  await refused('conflict', approve(admin, post.id, { version: back.version }));
  const { post: again } = await sendForApproval(editor, post.id, { version: back.version, when: later });
  assert.deepEqual([again.approval?.state, again.approval?.decidedBy], ['requested', null]);
});

test('a wanted time that has passed is never made good at once: the approver chooses another or now', async () => {
  const post = (await writePost(editor, draftBody())).post;
  const soon = { ...later, wallTime: '2026-11-24T13:05' };
  const { post: waiting } = await sendForApproval(editor, post.id, { version: post.version, when: soon });
  clock.advance(5 * 60_000);
  const error = await refused('invalid-input', approve(admin, post.id, { version: waiting.version }));
  assert.equal(error.fields[0]?.code, 'past');
  assert.equal((await now(post)).state, 'draft');
  const { post: done } = await approve(admin, post.id, { version: waiting.version, when: muchLater });
  assert.equal(done.wallTime, muchLater.wallTime);
});

const editors: readonly [string, (post: Post) => Partial<Parameters<typeof changePost>[2]>][] = [
  ['the words', () => ({ content: content() })],
  ['words of one account', (post) => ({ targets: post.targets.map(({ accountId }) => ({ accountId, content: content() })) })],
  ['the accounts', () => ({ targets: [{ accountId: other, content: null }] })],
  ['one account more', () => ({ targets: [{ accountId: account, content: null }, { accountId: other, content: null }], allowDuplicate: true })],
  ['the time to none', () => ({ when: { kind: 'draft' } })],
  ['the words, at the time as it was', () => ({ content: content(), when: later })],
];

for (const [what, change] of editors) {
  test(`an editor who changes ${what} after approval takes the post out of the plan, and its approval back`, async () => {
    const post = await approved();
    const { post: changed } = await changePost(editor, post.id, { version: post.version, ...change(post) });
    assert.deepEqual([changed.state, changed.dueAt, changed.approval?.state], ['draft', null, 'withdrawn']);
    assert.ok(changed.targets.every(({ state, dueAt }) => state === 'draft' && dueAt === null));
    assert.equal((await database.admin(`select 1 from audit_event where entity_id = $1 and action = 'post:approval-withdrawn'`, [post.id])).length, 1);
  });
}

test('what is not words, accounts or time leaves an approval alone, and so does saving the same', async () => {
  const post = await approved();
  const { post: labelled } = await changePost(editor, post.id, { version: post.version, labels: ['spring'] });
  assert.deepEqual([labelled.state, labelled.approval?.state], ['scheduled', 'approved']);
  const { post: same } = await changePost(editor, post.id, { version: labelled.version, content: post.content, when: later });
  assert.deepEqual([same.state, same.dueAt, same.approval?.state], ['scheduled', post.dueAt, 'approved']);
});

test('an editor who asks for another time takes the post out of the plan until it is approved', async () => {
  const post = await approved();
  const { post: waiting } = await sendForApproval(editor, post.id, { version: post.version, when: muchLater });
  assert.deepEqual([waiting.state, waiting.approval?.state, waiting.approval?.wallTime], ['draft', 'requested', muchLater.wallTime]);
});

test('a failed post that an editor changes does not go out again by that', async () => {
  for (const change of [{ labels: ['x'] }, { content: content() }]) {
    const post = await approved();
    await settle(post, 'failed');
    const { post: changed } = await changePost(editor, post.id, { version: post.version, ...change });
    assert.ok(changed.targets.every(({ state, dueAt }) => state !== 'scheduled' && dueAt === null), JSON.stringify(change));
  }
});

test("an admin's own changes need nobody: the approval is theirs from then on", async () => {
  const post = await approved();
  const { post: changed } = await changePost(owner, post.id, { version: post.version, content: content() });
  assert.deepEqual([changed.state, changed.approval?.state, changed.approval?.decidedBy], ['scheduled', 'approved', 'Ada Owner']);
  const { post: after } = await changePost(editor, post.id, { version: changed.version, content: content() });
  assert.deepEqual([after.state, after.approval?.state], ['draft', 'withdrawn']);
  const waiting = await asked();
  const { post: planned } = await changePost(admin, waiting.id, { version: waiting.version, when: muchLater });
  assert.deepEqual([planned.state, planned.approval?.state], ['scheduled', 'approved']);
});

test('turning the rule on leaves what is planned alone until an editor changes it', async () => {
  await setRule(false);
  const { post } = await writePost(editor, draftBody({ when: later }));
  await setRule(true);
  assert.equal((await now(post)).state, 'scheduled');
  const { post: changed } = await changePost(editor, post.id, { version: post.version, content: content() });
  assert.equal(changed.state, 'draft');
});

test('a post that waits and is deleted waits no more', async () => {
  const post = await asked();
  await removePost(editor, post.id, { alsoOnNetwork: false });
  assert.ok(!(await readApprovals(owner)).posts.some(({ id }) => id === post.id));
  await refused('conflict', approve(admin, post.id, { version: (await now(post)).version }));
});

test('what is sent for approval has to be fit to go out', async () => {
  const { post } = await writePost(editor, draftBody({ content: content('x'.repeat(281)) }));
  await refused('invalid-input', sendForApproval(editor, post.id, { version: post.version, when: later }));
});

test('an edit and an approval at the same moment: one of them is refused, and nothing unapproved is ever planned', async () => {
  const outcomes = new Set<string>();
  for (let round = 0; round < 12; round += 1) {
    const post = await asked();
    const edit = changePost(editor, post.id, { version: post.version, content: content(`Unapproved ${round} ${randomUUID()}`) });
    const decision = approve(admin, post.id, { version: post.version });
    const both = await Promise.allSettled([edit, decision]);
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    const after = await now(post);
    outcomes.add(after.state);
    assert.equal(await requireBound(post.id), after.state === 'scheduled');
    if (after.state === 'scheduled') assert.deepEqual(after.content, post.content);
    else assert.equal(after.approval?.state, 'requested');
  }
  assert.ok(outcomes.size >= 1);
});

test('an approval and an edit of what it made, again and again from many sides: what is planned is always what was approved', async () => {
  const post = await approved();
  assert.ok(await requireBound(post.id));
  const tries = Array.from({ length: 20 }, async (_each, index) => {
    const seen = await now(post);
    const work = index % 2 === 0
      ? changePost(editor, post.id, { version: seen.version, content: content() })
      : sendForApproval(editor, post.id, { version: seen.version, when: later }).then(({ post: waiting }) => approve(admin, post.id, { version: waiting.version }));
    await work.catch((error: unknown) => assert.ok(error instanceof AppError && error.code === 'conflict', String(error)));
    await requireBound(post.id);
  });
  await Promise.all(tries);
});

test('the rule is changed by owners and admins alone, and the audit log says so', async () => {
  await refused('not-allowed', changeWorkspace(editor, { requiresApproval: false }));
  assert.equal(updateWorkspace.access, 'workspace:manage');
  const [row] = await database.admin(`select metadata from audit_event where action = 'workspace:approval-rule' order by xid desc limit 1`);
  assert.deepEqual(row?.['metadata'], { requiresApproval: true });
});
