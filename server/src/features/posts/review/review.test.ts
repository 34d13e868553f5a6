import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { BodyOf } from '@rookery/contract/endpoint.ts';
import type { createPost, Post } from '@rookery/contract/posts.ts';
import type { answerReview, createReviewLink } from '@rookery/contract/reviews.ts';
import { AppError } from '../../../platform/errors.ts';
import type { PublicContext, WorkspaceContext } from '../../context.ts';
import { createHarness } from '../../testing/harness.ts';
import { changeWorkspace } from '../../workspaces/service.ts';
import { sendForApproval } from '../approvals.ts';
import { removePost } from '../decide.ts';
import { changePost, readPost, writePost } from '../service.ts';
import { comment, readComments, removeComment } from './comments.ts';
import { createLink, readLinks, revokeLink } from './links.ts';
import { answerByLink, showReview, showReviewImage } from './visitor.ts';

const harness = await createHarness();
const { clock, database, owner, stranger } = harness;
const account = await harness.connectX('tidewatercoop');
const admin: WorkspaceContext = { ...owner, role: 'admin', actor: { kind: 'user', id: randomUUID(), name: 'Anna Admin' } };
const editor: WorkspaceContext = { ...owner, role: 'editor', actor: { kind: 'user', id: randomUUID(), name: 'Ed Editor' } };
const analyst: WorkspaceContext = { ...owner, role: 'analyst' };
const visitor: PublicContext = { ...harness.services, facts: { id: 'r', ip: '192.0.2.9', userAgent: 'a client' }, session: null };
await changeWorkspace(owner, { requiresApproval: true });

let counter = 0;
const words = (text = `Words, number ${(counter += 1)}`) => ({ parts: [{ text, media: [] }], firstComment: null });
async function draft(change: Partial<BodyOf<typeof createPost>> = {}): Promise<Post> {
  return (await writePost(owner, { requestKey: randomUUID(), content: words(), targets: [{ accountId: account, content: null }], when: { kind: 'draft' }, ...change })).post;
}
async function share(post: Post, body: Partial<BodyOf<typeof createReviewLink>> = {}): Promise<{ id: string; token: string; link: string }> {
  const { reviewLink, link } = await createLink(editor, post.id, { label: 'The client', mayDecide: true, ...body });
  return { id: reviewLink.id, token: link.slice(link.indexOf('#') + 1), link };
}
const answer = (token: string, change: Partial<BodyOf<typeof answerReview>> = {}) =>
  answerByLink(visitor, { token, kind: 'comment', name: 'Cleo Client', text: 'Lovely', ...change });

async function refused(code: string, work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.then(() => assert.fail('it was not refused'), (reason: unknown) => reason);
  assert.ok(error instanceof AppError, String(error));
  assert.equal(error.code, code, error.message);
  return error;
}

test('a link shows one post and who wrote nothing of it: no id, no member, no other post', async () => {
  const other = await draft();
  const post = await draft();
  await comment(owner, post.id, { text: 'Between us: the client is slow' });
  const { token, link } = await share(post);
  assert.equal(link, `${owner.config.baseUrl}/review#${token}`);
  assert.equal(Buffer.from(token, 'base64url').length, 32);
  const { review } = await showReview(visitor, { token });
  assert.deepEqual([review.parts[0]?.text, review.targets[0]?.handle, review.workspaceName], [post.content.parts[0]?.text, 'tidewatercoop', owner.workspace.name]);
  const shown = JSON.stringify(review);
  const ids = [post.id, other.id, account, owner.workspace.id, owner.actor.id ?? '', ...post.targets.map(({ id }) => id)];
  for (const secret of [...ids, 'Between us', 'Ed Editor', 'The client', other.content.parts[0]?.text ?? '-']) assert.ok(!shown.includes(secret), secret);
});

test('the token is stored as a hash alone, and stands in no audit event', async () => {
  const post = await draft();
  const { token } = await share(post);
  const rows = await database.admin(`select to_jsonb(l)::text as text from review_link l union all select to_jsonb(e)::text from audit_event e union all select convert_from(canon, 'utf8') from audit_event`);
  assert.ok(rows.length > 0 && rows.every((row) => !String(row['text']).includes(token)));
});

test('a link that is over, taken back, made up or of a deleted post has one and the same answer', async () => {
  const post = await draft();
  const [over, back, alive] = [await share(post, { days: 1 }), await share(post), await share(post, { days: 30 })];
  const gone = await draft();
  const goneLink = await share(gone);
  await removePost(owner, gone.id, { alsoOnNetwork: false });
  await revokeLink(editor, { postId: post.id, reviewLinkId: back.id });
  clock.advance(86_400_000);
  const answers = new Set<string>();
  for (const token of [over.token, back.token, goneLink.token, 'x'.repeat(43), alive.id]) {
    for (const work of [() => showReview(visitor, { token }), () => answer(token), () => showReview(visitor, { token: `${token}=` })]) {
      const { code, message } = await refused('not-found', work());
      answers.add(`${code} ${message}`);
    }
    await refused('not-found', showReviewImage(visitor, { token, key: '0'.repeat(32) }));
  }
  assert.equal(answers.size, 1);
  await showReview(visitor, { token: alive.token });
  assert.deepEqual((await readLinks(owner, post.id)).reviewLinks.map(({ id }) => id), [alive.id]);
});

test("a client's approval is shown as theirs, of what they saw, and lets nothing go out", async () => {
  const post = await draft();
  const { post: waiting } = await sendForApproval(editor, post.id, { version: post.version, when: { kind: 'at', wallTime: '2026-12-05T09:00', zone: 'Europe/Berlin' } });
  const { token } = await share(post);
  const { review } = await showReview(visitor, { token });
  assert.deepEqual([review.wallTime, review.zone], ['2026-12-05T09:00', 'Europe/Berlin']);
  const { review: after } = await answer(token, { kind: 'approved', text: '', seen: review.fingerprint });
  assert.deepEqual(after.answers.map(({ kind, name, isOutdated }) => [kind, name, isOutdated]), [['approved', 'Cleo Client', false]]);
  assert.deepEqual([(await readPost(owner, post.id)).post.state, (await readPost(owner, post.id)).post.approval?.state], ['draft', 'requested']);
  const entry = (await readComments(owner, post.id)).comments.at(-1);
  assert.deepEqual([entry?.kind, entry?.authorName, entry?.isByLink, entry?.isOutdated, entry?.isDeletable], ['approved', 'Cleo Client', true, false, false]);
  await changePost(editor, post.id, { version: waiting.version, content: words() });
  assert.equal((await showReview(visitor, { token })).review.answers[0]?.isOutdated, true);
  assert.equal((await readComments(owner, post.id)).comments.at(-1)?.isOutdated, true);
  const [event] = await database.admin(`select p.actor_name, e.actor_kind from audit_event e join audit_personal p on p.event_id = e.id where e.action = 'review:approve' and e.entity_id = $1`, [post.id]);
  assert.deepEqual(event, { actor_name: 'Cleo Client (by link)', actor_kind: 'system' });
});

test('nobody approves by link what they have not seen, nor by a link that is for comments only, nor what is out', async () => {
  const post = await draft();
  const { token } = await share(post);
  const { review } = await showReview(visitor, { token });
  await changePost(owner, post.id, { version: post.version, content: words() });
  await refused('conflict', answer(token, { kind: 'approved', seen: review.fingerprint }));
  await refused('conflict', answer(token, { kind: 'approved' }));
  const only = await share(post, { mayDecide: false });
  await refused('not-allowed', answer(only.token, { kind: 'changes' }));
  await answer(only.token);
  await database.admin(`update post_target set state = 'published' where post_id = $1`, [post.id]);
  await refused('conflict', answer(token, { kind: 'changes' }));
  await answer(token);
});

test('an approval by link and an edit at the same moment: what was approved is what was seen, or is marked as changed', async () => {
  for (let round = 0; round < 6; round += 1) {
    const post = await draft();
    const { token } = await share(post);
    const { review } = await showReview(visitor, { token });
    const [edited, decided] = await Promise.allSettled([
      changePost(editor, post.id, { version: post.version, content: words() }), answer(token, { kind: 'approved', seen: review.fingerprint }),
    ]);
    assert.equal(edited.status, 'fulfilled');
    const { review: after } = await showReview(visitor, { token });
    if (decided.status === 'fulfilled') assert.equal(after.answers[0]?.isOutdated, true);
    else assert.deepEqual(after.answers, []);
  }
});

test('one link shows the answers given by it and none of another link', async () => {
  const post = await draft();
  const [one, two] = [await share(post), await share(post)];
  await answer(one.token, { text: 'Only for my link' });
  assert.deepEqual((await showReview(visitor, { token: two.token })).review.answers, []);
  await refused('invalid-input', answer(one.token, { name: '  ' }));
  await refused('invalid-input', answer(one.token, { text: ' ' }));
});

test('comments: members who write add them, everybody reads, the author or an admin deletes, decisions stay', async () => {
  const post = await draft();
  await refused('not-allowed', comment(analyst, post.id, { text: 'hm' }));
  const { comment: own } = await comment(editor, post.id, { text: '  <b>Plain</b> words  ' });
  assert.equal(own.text, '<b>Plain</b> words');
  const { comment: theirs } = await comment(admin, post.id, { text: 'From above' });
  const byAnalyst = (await readComments(analyst, post.id)).comments;
  assert.deepEqual(byAnalyst.map(({ id, isDeletable }) => [id, isDeletable]), [[own.id, false], [theirs.id, false]]);
  await refused('not-allowed', removeComment(editor, { postId: post.id, commentId: theirs.id }));
  await removeComment(editor, { postId: post.id, commentId: own.id });
  await removeComment(owner, { postId: post.id, commentId: theirs.id });
  await sendForApproval(editor, post.id, { version: 1, when: { kind: 'at', wallTime: '2026-12-05T10:00', zone: 'UTC' } });
  const [asked] = (await readComments(owner, post.id)).comments;
  assert.equal(asked?.kind, 'asked');
  await refused('conflict', removeComment(owner, { postId: post.id, commentId: asked?.id ?? '' }));
  const events = await database.admin('select action from audit_event where entity_id = $1 order by xid, id', [post.id]);
  assert.deepEqual(events.map((row) => row['action']), ['post:create', 'post:comment', 'post:comment', 'post:comment-delete', 'post:comment-delete', 'post:ask-approval']);
});

test('threads and links of another workspace are not there', async () => {
  const post = await draft();
  const { comment: own } = await comment(owner, post.id, { text: 'Ours' });
  const { id } = await share(post);
  for (const work of [
    () => readComments(stranger, post.id), () => comment(stranger, post.id, { text: 'x' }), () => removeComment(stranger, { postId: post.id, commentId: own.id }),
    () => readLinks(stranger, post.id), () => createLink(stranger, post.id, { label: 'x', mayDecide: true }), () => revokeLink(stranger, { postId: post.id, reviewLinkId: id }),
  ]) await refused('not-found', work());
  for (const work of [createLink(analyst, post.id, { label: 'x', mayDecide: true }), revokeLink(analyst, { postId: post.id, reviewLinkId: id })]) await refused('not-allowed', work);
});
