import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { ImportReport } from '@rookery/contract/post-import.ts';
import type { Content } from '@rookery/contract/posts.ts';
import { AppError } from '../../../platform/errors.ts';
import type { WorkspaceContext } from '../../context.ts';
import { createHarness } from '../../testing/harness.ts';
import { readPosts } from '../lists.ts';
import { changePost, readPost, writePost } from '../service.ts';
import { removePost } from '../decide.ts';
import { exportPostList } from './csv-export.ts';
import { checkImport, importFile, type ImportInput } from './import.ts';

const harness = await createHarness();
const { database, owner, stranger } = harness;
const first = await harness.connectX('tidewatercoop');
await harness.connectX('mirelavance');
await harness.connectX('tidewatercoop', stranger);
await harness.connectX('mirelavance', stranger);

type Query = Partial<ImportInput['query']>;
const input = (file: string | Buffer, query: Query = {}): ImportInput => ({ query: { as: 'scheduled', ...query }, stream: Readable.from([Buffer.from(file)]) });
const check = (file: string, query: Query = {}, ctx: WorkspaceContext = owner): Promise<ImportReport> => checkImport(ctx, input(file, query));
const commit = (file: string, query: Query = {}, ctx: WorkspaceContext = owner): Promise<ImportReport> => importFile(ctx, input(file, query));
const statesOf = (report: ImportReport): string[] => report.rows.map(({ state }) => state);
const codesOf = (report: ImportReport): string[][] => report.rows.map(({ problems }) => problems.map(({ column, code }) => `${column ?? ''} ${code}`));
let counter = 0;
const words = (): string => `Words of their own number ${(counter += 1)}`;

async function countRows(): Promise<unknown> {
  const [row] = await database.admin(`select (select count(*) from post)::int as posts, (select count(*) from post_target)::int as targets, (select count(*) from audit_event)::int as events`);
  return row;
}

async function refused(code: string, work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.then(() => assert.fail('it was not refused'), (reason: unknown) => reason);
  assert.ok(error instanceof AppError, String(error));
  assert.equal(error.code, code, error.message);
  return error;
}

test('a look says of each row what would become of it, with row, column and what to do, and writes nothing', async () => {
  const same = words();
  await writePost(owner, { requestKey: randomUUID(), content: { parts: [{ text: 'Planned already', media: [] }], firstComment: null }, targets: [{ accountId: first, content: null }], when: { kind: 'at', wallTime: '2026-12-05T10:00', zone: 'UTC' } });
  const before = await countRows();
  const report = await check([
    'When,Time zone,Accounts,Text,Labels',
    `2026-12-01 9:00,,tidewatercoop,${same},spring; sale`,
    `2027-03-28 02:30,Europe/Berlin,@TidewaterCoop,${words()},`,
    `2027-10-31T02:30,Europe/Berlin,x:tidewatercoop,${words()},`,
    `2026-11-01 09:00,,x:tidewatercoop,${words()},`,
    `12/01/2026 9am,,tidewatercoop,${words()},`,
    `2026-12-02 09:00,Mars/Olympus,tidewatercoop,${words()},`,
    `2026-12-02 09:00,,nobody; tidewatercoop,${words()},`,
    `2026-12-02 09:00,,tidewatercoop,${'x'.repeat(281)},`,
    `2026-12-03 09:00,,tidewatercoop,  ${same.toUpperCase()} ,`,
    '2026-12-05 12:00,UTC,tidewatercoop,PLANNED  already,',
    `2026-12-01 08:00,UTC,tidewatercoop,${words()},`,
    `2026-12-05 10:00,UTC,tidewatercoop,${words()},`,
    '2026-12-06 10:00,UTC,tidewatercoop,,',
    `,,,${words()},`,
    `2026-12-07 10:00,UTC,,${words()},`,
    `2026-12-08 10:00,UTC,mirelavance,${same},`,
    `2026-12-09,UTC,mirelavance,${words()},${'l'.repeat(41)}`,
    `2026-12-09 10:00,UTC,mirelavance,${words()},${'l'.repeat(41)}`,
  ].join('\n'));
  assert.deepEqual(codesOf(report), [
    [], ['When skipped'], ['When ambiguous'], ['When past'], ['When time'], ['Time zone zone'], ['Accounts unknown'], ['Text too-long'], ['Text duplicate'],
    ['Text duplicate'], ['When same-minute'], ['When same-minute'], ['Text empty'], [], ['Accounts empty'], [], ['When time'], ['Labels maxLength'],
  ]);
  assert.deepEqual(report.rows.map(({ row }) => row), Array.from({ length: 18 }, (_, index) => index + 2));
  for (const { message } of report.rows.flatMap(({ problems }) => problems)) assert.match(message, /^(\p{Lu}|“|tidewatercoop).{15,}\.$/u);
  assert.match(report.rows[6]?.problems[0]?.message ?? '', /x:tidewatercoop/);
  assert.deepEqual(report.rows[0], {
    row: 2, state: 'ready', problems: [], text: same, parts: 1, wallTime: '2026-12-01T09:00', zone: 'Europe/Berlin', dueAt: '2026-12-01T08:00:00.000Z',
    accounts: [{ network: 'x', handle: 'tidewatercoop' }], labels: ['spring', 'sale'], postId: null,
  });
  assert.deepEqual([report.rows[3]?.wallTime, report.rows[3]?.dueAt], ['2026-11-01T09:00', null], 'a time that is refused is shown');
  assert.deepEqual([report.rows[13]?.state, report.rows[13]?.dueAt], ['ready', null], 'a row without a time is a draft');
  assert.deepEqual(await countRows(), before);
});

test('the good rows are imported in one step, the others are not, and each leaves its audit event', async () => {
  const [good, bad] = [words(), words()];
  const report = await commit(`Text;Accounts;When;Labels\n${good};mirelavance;2026-12-10 09:00;a\n${bad};nobody;2026-12-10 10:00;\n`, { name: '../plan\u202e.csv' });
  assert.deepEqual(statesOf(report), ['created', 'problem']);
  const { post } = await readPost(owner, report.rows[0]?.postId ?? '');
  assert.deepEqual([post.content.parts[0]?.text, post.state, post.wallTime, post.labels], [good, 'scheduled', '2026-12-10T09:00', ['a']]);
  const rows = await database.admin(
    `select e.action, p.entity_name as name, e.metadata from audit_event e join audit_personal p on p.event_id = e.id where e.action = 'post:import' or e.entity_id = $1 order by e.xid, e.id`, [post.id],
  );
  assert.deepEqual(rows.map(({ action }) => action), ['post:create', 'post:import']);
  assert.deepEqual([rows[1]?.['name'], rows[1]?.['metadata']], ['plan.csv', { as: 'scheduled', rows: 2, created: 1 }]);
});

test('a file that is sent again, mended elsewhere, or as drafts, makes no post again', async () => {
  const [a, b, c] = [words(), words(), words()];
  const file = `When,Accounts,Text\n2026-12-11 09:00,tidewatercoop,${a}\n2026-12-11 10:00,tidewatercoop,${b}\n`;
  const once = await commit(file);
  assert.deepEqual(statesOf(once), ['created', 'created']);
  const again = await commit(file);
  assert.deepEqual(statesOf(again), ['exists', 'exists']);
  assert.deepEqual(again.rows.map(({ postId }) => postId), once.rows.map(({ postId }) => postId));
  assert.deepEqual(statesOf(await check(file, { as: 'draft' })), ['exists', 'exists']);
  assert.deepEqual(statesOf(await commit(`Text;When;Accounts\n${c};2026-12-11 11:00;tidewatercoop\n${b};2026-12-11 10:00;x:tidewatercoop\n`)), ['created', 'exists']);
  await removePost(owner, once.rows[0]?.postId ?? '', { alsoOnNetwork: false });
  const [gone] = (await commit(file)).rows;
  assert.match(gone?.problems[0]?.message ?? '', /deleted since/);
  const [row] = await database.admin(`select count(*)::int as n from post where content::text like any ($1)`, [[a, b, c].map((each) => `%"${each}"%`)]);
  assert.equal(row?.['n'], 3);
});

test('the same file twice at once makes each post once', async () => {
  const lines = Array.from({ length: 20 }, (_, index) => `2026-12-12 10:${String(index).padStart(2, '0')},mirelavance,${words()}`);
  const file = ['When,Accounts,Text', ...lines].join('\n');
  const outcomes = await Promise.allSettled([commit(file), commit(file), commit(file)]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') assert.ok(outcome.reason instanceof AppError && outcome.reason.code === 'conflict', String(outcome.reason));
  const reports = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  assert.equal(reports.flatMap(statesOf).filter((state) => state === 'created').length, 20);
  const page = await readPosts(owner, { from: '2026-12-12T00:00:00.000Z', to: '2026-12-13T00:00:00.000Z' });
  assert.equal(page.posts.length, 20);
});

test('a failure on the way leaves nothing of the file', async () => {
  const file = `When,Accounts,Text\n2026-12-13 09:00,tidewatercoop,${words()}\n2026-12-13 10:00,tidewatercoop,${words()}\n`;
  const before = await countRows();
  const broken: WorkspaceContext = { ...owner, events: { ...owner.events, publish: () => Promise.reject(new Error('cut')) } };
  await assert.rejects(commit(file, {}, broken), /cut/);
  assert.deepEqual(await countRows(), before);
  assert.deepEqual(statesOf(await commit(file)), ['created', 'created']);
});

test('as drafts everything that can be stored is taken, and what would keep it from going out is said', async () => {
  const file = `When,Accounts,Text,First comment\n2026-11-01 09:00,tidewatercoop,${'y'.repeat(300)},A comment\n31.12.2026,nobody,${words()},\n31.12.2026,,${words()},\n`;
  const report = await commit(file, { as: 'draft' });
  assert.deepEqual(statesOf(report), ['created', 'problem', 'created']);
  assert.deepEqual(report.rows[0]?.problems.map(({ code, isBlocking }) => [code, isBlocking]), [['past', false], ['too-long', false], ['comment-not-supported', false]]);
  const { post } = await readPost(owner, report.rows[0]?.postId ?? '');
  assert.deepEqual([post.state, post.wallTime, post.content.firstComment, post.targets.length], ['draft', '2026-11-01T09:00', 'A comment', 1]);
});

test('a row that becomes a draft keeps its time and zone, goes out at no time, and is scheduled as it stands', async () => {
  const file = `When,Zone,Accounts,Text\n2026-12-21 09:00,Asia/Tokyo,tidewatercoop,${words()}\n2026-12-22 10:00,Mars/Base,tidewatercoop,${words()}\n,,tidewatercoop,${words()}\n`;
  const shown = await check(file, { as: 'draft' });
  assert.deepEqual(shown.rows.map(({ state, wallTime, zone, dueAt }) => [state, wallTime, zone, dueAt])[0], ['ready', '2026-12-21T09:00', 'Asia/Tokyo', null]);
  const report = await commit(file, { as: 'draft' });
  assert.deepEqual(statesOf(report), ['created', 'created', 'created']);
  const posts = await Promise.all(report.rows.map(async ({ postId }) => (await readPost(owner, postId ?? '')).post));
  assert.deepEqual(posts.map(({ state, wallTime, zone, dueAt }) => [state, wallTime, zone, dueAt]), [
    ['draft', '2026-12-21T09:00', 'Asia/Tokyo', null], ['draft', null, null, null], ['draft', null, null, null],
  ]);
  assert.deepEqual(posts.flatMap(({ targets }) => targets.map(({ state, dueAt }) => [state, dueAt])), [['draft', null], ['draft', null], ['draft', null]]);
  const [post] = posts;
  assert.ok(post !== undefined && post.wallTime !== null && post.zone !== null);
  // What the editor saves by itself leaves the time.
  const saved = (await changePost(owner, post.id, { version: post.version, content: { parts: [{ text: words(), media: [] }], firstComment: null } })).post;
  assert.deepEqual([saved.wallTime, saved.zone, saved.dueAt], ['2026-12-21T09:00', 'Asia/Tokyo', null]);
  const planned = (await changePost(owner, post.id, { version: saved.version, when: { kind: 'at', wallTime: post.wallTime, zone: post.zone } })).post;
  assert.deepEqual([planned.state, planned.dueAt], ['scheduled', '2026-12-21T00:00:00.000Z']);
  const again = (await changePost(owner, post.id, { version: planned.version, when: { kind: 'draft' } })).post;
  assert.deepEqual([again.state, again.wallTime], ['draft', null]);
});

test('repeats are taken when they are meant', async () => {
  const same = words();
  const file = `When,Accounts,Text\n2026-12-14 09:00,tidewatercoop,${same}\n2026-12-14 09:00,tidewatercoop,${same}\n`;
  assert.deepEqual(statesOf(await check(file)), ['ready', 'problem']);
  const report = await commit(file, { allowRepeats: true });
  assert.deepEqual(statesOf(report), ['created', 'created']);
  assert.deepEqual(report.rows[1]?.problems.map(({ code, isBlocking }) => [code, isBlocking]), [['duplicate', false], ['same-minute', false]]);
  assert.deepEqual(statesOf(await commit(file, { allowRepeats: true })), ['exists', 'exists'], 'of equal rows each is one');
});

test('columns are guessed, can be chosen, and what is missing is asked for', async () => {
  const asked = await check('Foo,Bar\n2026-12-15 09:00,Hello\n');
  assert.deepEqual([asked.rows, asked.columns.map(({ field }) => field)], [[], [null, null]]);
  assert.match(asked.needs ?? '', /text/);
  await refused('invalid-input', commit('Foo,Bar\n2026-12-15 09:00,Hello\n'));
  const chosen = await check(`Foo,Bar,Baz,Who\n2026-12-15,9:30,${words()},mirelavance\n`, { columns: 'date,time,text,accounts', zone: 'Asia/Tokyo' });
  assert.deepEqual([chosen.needs, chosen.rows[0]?.wallTime, chosen.rows[0]?.dueAt], [null, '2026-12-15T09:30', '2026-12-15T00:30:00.000Z']);
  await refused('invalid-input', check('Text\na\n', { zone: 'Mars/Olympus' }));
});

test('images are found by name or id, with their own description where the file has none', async () => {
  const [one, two, twin] = [randomUUID(), randomUUID(), randomUUID()];
  for (const [id, name] of [[one, 'sale.png'], [two, 'twins.png'], [twin, 'twins.png']]) {
    await database.admin(
      `insert into media (workspace_id, id, name, type, bytes, width, height, has_alpha, is_animated, alt_text, placeholder, stored_as, created_at)
       values ($1, $2, $3, 'image/png', 1, 400, 400, false, false, 'A shop window', '', 's', now())`, [owner.workspace.id, id, name],
    );
  }
  const file = `Text,Images,Alt text,Accounts,When\n"One\n---\nTwo","sale.png\n---\n${two}","\n---\nBoth of them",mirelavance,2026-12-16 09:00\nThree,twins.png,,,\nFour,none.png,,,\n`;
  const report = await commit(file);
  assert.deepEqual(codesOf(report), [[], ['Images ambiguous'], ['Images unknown']]);
  const { post } = await readPost(owner, report.rows[0]?.postId ?? '');
  assert.deepEqual(post.content.parts, [
    { text: 'One', media: [{ mediaId: one, altText: 'A shop window' }] }, { text: 'Two', media: [{ mediaId: two, altText: 'Both of them' }] },
  ]);
  assert.deepEqual(codesOf(await check('Text,Images\nThree,sale.png\n', {}, stranger)), [['Images unknown']], "another workspace's images are not there");
  await removePost(owner, post.id, { alsoOnNetwork: false });
});

test('what was exported is imported again as it was, into another workspace too', async () => {
  const parts = (...texts: string[]): Content => ({ parts: texts.map((each) => ({ text: each, media: [] })), firstComment: null });
  const targets = [{ accountId: first, content: null }];
  const at = (wallTime: string, occurrence?: 'first' | 'second') => ({ kind: 'at', wallTime, zone: 'Europe/Berlin', ...(occurrence === undefined ? {} : { occurrence }) }) as const;
  for (const [content, when, labels] of [
    [parts('=SUM(A1) is no formula', '---\nwith a line', 'a "third", said; she'), at('2027-10-31T02:30', 'second'), ['spring, early', 'b']],
    [parts("'@quoted' and +more\n\n  spaces kept  "), at('2027-10-31T03:30'), []],
    [parts('Émile 🦜 日本語'), at('2027-10-31T04:30'), []],
  ] as const) await writePost(owner, { requestKey: randomUUID(), content, when, targets, labels: [...labels] });
  const range = { from: '2027-10-01T00:00:00.000Z', to: '2027-11-30T00:00:00.000Z' };
  const file = await text((await exportPostList(owner, range)).stream);
  const report = await commit(file, {}, stranger);
  assert.deepEqual(statesOf(report), ['created', 'created', 'created'], JSON.stringify(codesOf(report)));
  const meant = async (ctx: WorkspaceContext): Promise<unknown[]> =>
    (await readPosts(ctx, range)).posts.map(({ content, wallTime, zone, dueAt, labels, targets: places }) => ({ content, wallTime, zone, dueAt, labels, places: places.map(({ handle }) => handle) }));
  assert.deepEqual(await meant(stranger), await meant(owner));
});

test('a row with more cells than there are columns is not cut', async () => {
  assert.deepEqual(codesOf(await check('Accounts,Text\ntidewatercoop,Hello, world\ntidewatercoop,Hello,,\n')), [[' too-many-cells'], []]);
});

test('an analyst cannot import, and accounts of another workspace are unknown', async () => {
  const analyst: WorkspaceContext = { ...owner, role: 'analyst' };
  await refused('not-allowed', check('Text\na\n', {}, analyst));
  await refused('not-allowed', commit('Text\na\n', {}, analyst));
  const other = await harness.addOwner('Ivy Other');
  assert.deepEqual(codesOf(await check('Text,Accounts\na,tidewatercoop\n', {}, other)), [['Accounts unknown']]);
});

test('five hundred rows are taken in one step', async () => {
  const rows = Array.from({ length: 500 }, (_, index) => `2027-02-${String(1 + (index % 28)).padStart(2, '0')} ${String(6 + Math.floor(index / 28)).padStart(2, '0')}:00,tidewatercoop,${words()}`);
  const file = ['When,Accounts,Text', ...rows].join('\n');
  const report = await commit(file);
  assert.equal(statesOf(report).filter((state) => state === 'created').length, 500, JSON.stringify(codesOf(report).filter((codes) => codes.length > 0).slice(0, 3)));
});
