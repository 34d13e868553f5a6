import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import sharp from 'sharp';
import { AppError } from '../../platform/errors.ts';
import { animation, drawing, floodJpeg, impostors } from '../../platform/images/hostile-fixture.ts';
import type { WorkspaceContext } from '../context.ts';
import { openForm } from './files.ts';
import { createMediaHarness } from './media-fixture.ts';
import { deleteImage, describeImage, listImages, listUses, readImage, requireMedia, reshapeKept, uploadImage } from './service.ts';

const harness = await createMediaHarness();
const { owner, stranger, worker, database, dataDirectory, clock, send, sendPhoto } = harness;
const workspaceId = owner.workspace.id;
const analyst: WorkspaceContext = { ...owner, role: 'analyst' };
const unknownId = '01900000-0000-7000-8000-00000000dead';
const refused = (code: string) => (error: unknown): boolean => error instanceof AppError && error.code === code;

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(join(dataDirectory, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function auditOf(mediaId: string): Promise<string[]> {
  const rows = await database.admin('select action from audit_event where workspace_id = $1 and entity_id = $2 order by at, id', [workspaceId, mediaId]);
  // The test's clock stands still: several events have the same time.
  return rows.map((row) => String(row['action'])).sort();
}

test('an image is taken, listed, described and deleted, with an audit event each, and nothing of it stays', async () => {
  const media = await send(owner, await drawing(900, 600).jpeg().toBuffer(), '../bird\u202e.jpg');
  assert.deepEqual([media.name, media.type, media.width, media.height, media.altText, media.isAnimated], ['bird.jpg', 'image/jpeg', 900, 600, '', false]);
  const files = await filesBelow('blobs');
  assert.equal(files.length, 4);
  for (const file of files) {
    assert.equal((await stat(file)).mode & 0o077, 0, 'only the server reads it');
    assert.doesNotMatch(file, /bird/);
  }
  assert.deepEqual(await filesBelow('incoming'), []);
  assert.deepEqual((await listImages(owner, {})).media, [media]);
  const described = await describeImage(owner, media.id, { altText: 'A bird on a rock' });
  assert.equal(described.media.altText, 'A bird on a rock');
  assert.deepEqual((await readImage(owner, media.id)).media, described.media);
  await deleteImage(owner, media.id);
  await assert.rejects(readImage(owner, media.id), refused('not-found'));
  assert.deepEqual(await filesBelow('blobs'), []);
  assert.deepEqual(await auditOf(media.id), ['media:change', 'media:delete', 'media:upload']);
});

test('the library is read page by page, newest first, and searched in names and descriptions', async () => {
  const sent: string[] = [];
  for (const name of ['one.png', 'two.png', 'three.png', 'four.png', 'five.png']) {
    clock.advance(1000);
    sent.push((await send(owner, await drawing(20, 20).png().toBuffer(), name)).id);
  }
  const first = await listImages(owner, { limit: 3 });
  assert.ok(first.nextCursor !== null);
  const second = await listImages(owner, { limit: 3, cursor: first.nextCursor });
  assert.deepEqual([...first.media, ...second.media].map(({ id }) => id), sent.toReversed());
  assert.equal(second.nextCursor, null);
  await describeImage(owner, sent[0] ?? '', { altText: '50 % off_' });
  assert.deepEqual((await listImages(owner, { search: '% OFF_' })).media.map(({ name }) => name), ['one.png']);
  assert.deepEqual((await listImages(owner, { search: 'THREE' })).media.map(({ name }) => name), ['three.png']);
  await assert.rejects(listImages(owner, { cursor: 'made up' }), refused('invalid-request'));
  for (const id of sent) await deleteImage(owner, id);
});

test('the files are what they claim, the previews small, for readers of this workspace alone', async () => {
  const media = await sendPhoto(1200, 800);
  for (const [form, type, width] of [['file', 'image/jpeg', 1200], ['preview-160', 'image/webp', 160], ['preview-320', 'image/webp', 320], ['preview-640', 'image/webp', 640]] as const) {
    const reply = await openForm(analyst, { mediaId: media.id, form });
    const bytes = await buffer(reply.stream);
    assert.deepEqual([reply.type, reply.bytes, reply.isImmutable, reply.saveAs], [type, bytes.length, true, null]);
    const found = await sharp(bytes).metadata();
    assert.deepEqual([`image/${found.format}`, found.width], [type, width]);
    await assert.rejects(openForm(stranger, { mediaId: media.id, form }), refused('not-found'));
  }
  await assert.rejects(openForm(owner, { mediaId: media.id, form: 'preview-9' }), refused('not-found'));
});

test('of another workspace nothing can be read, described, deleted or used, as if it were not there', async () => {
  const media = await sendPhoto();
  for (const id of [media.id, unknownId]) {
    await assert.rejects(readImage(stranger, id), refused('not-found'));
    await assert.rejects(describeImage(stranger, id, { altText: 'x' }), refused('not-found'));
    await assert.rejects(deleteImage(stranger, id), refused('not-found'));
    await assert.rejects(stranger.transaction((db) => requireMedia(db, stranger, [id])), refused('invalid-input'));
  }
  assert.deepEqual((await listImages(stranger, {})).media, []);
  assert.equal((await readImage(owner, media.id)).media.altText, '');
  assert.deepEqual([...(await owner.transaction((db) => requireMedia(db, owner, [media.id, media.id]))).keys()], [media.id]);
  assert.deepEqual([...(await worker.transaction((db) => requireMedia(db, worker, [media.id]))).keys()], [media.id]);
});

test('whoever may only read adds, describes and deletes nothing, and not a byte is taken', async () => {
  const media = await sendPhoto();
  let wasRead = false;
  const stream = Readable.from((async function* () {
    wasRead = true;
    yield await drawing(10, 10).png().toBuffer();
  })());
  await assert.rejects(uploadImage(analyst, { query: { name: 'a.png' }, stream, signal: new AbortController().signal }), refused('not-allowed'));
  await assert.rejects(describeImage(analyst, media.id, { altText: 'x' }), refused('not-allowed'));
  await assert.rejects(deleteImage(analyst, media.id), refused('not-allowed'));
  assert.equal(wasRead, false);
  assert.equal((await listImages(analyst, {})).media.some(({ id }) => id === media.id), true);
});

test('what is refused leaves nothing: no row, no file, no audit event', async () => {
  const [rowsBefore, filesBefore] = [(await listImages(owner, {})).media.length, (await filesBelow('blobs')).length];
  const audited = async (): Promise<unknown> => (await database.admin(`select count(*)::int as n from audit_event where action = 'media:upload'`))[0]?.['n'];
  const auditBefore = await audited();
  for (const [name, content] of impostors) await assert.rejects(send(owner, content, name), refused('unsupported-type'), name);
  await assert.rejects(send(owner, await floodJpeg()), refused('too-large'));
  await assert.rejects(send(owner, (await drawing(300, 300).jpeg().toBuffer()).subarray(0, 3000)), refused('invalid-input'));
  await assert.rejects(send(owner, Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(20 * 1024 * 1024)])), refused('too-large'));
  assert.deepEqual([(await listImages(owner, {})).media.length, (await filesBelow('blobs')).length, await audited()], [rowsBefore, filesBefore, auditBefore]);
  assert.deepEqual(await filesBelow('incoming'), []);
});

test('an upload that breaks off leaves nothing', async () => {
  const controller = new AbortController();
  const stream = new Readable({ read: () => undefined });
  stream.push(await drawing(50, 50).png().toBuffer());
  const upload = uploadImage(owner, { query: { name: 'a.png' }, stream, signal: controller.signal });
  setImmediate(() => controller.abort());
  await assert.rejects(upload);
  assert.deepEqual(await filesBelow('incoming'), []);
});

test('when the database refuses, the files are taken back', async () => {
  const before = (await filesBelow('blobs')).length;
  const broken: WorkspaceContext = {
    ...owner,
    transaction: (work) => owner.transaction(async (db) => work({ ...db, run: async (query, values) => (query.name === 'audit.insert' || query.name.startsWith('media.insert-form') ? Promise.reject(new Error('disk full')) : db.run(query, values)) })),
  };
  await assert.rejects(send(broken, await drawing(30, 30).png().toBuffer()), /disk full/);
  assert.equal((await filesBelow('blobs')).length, before);
});

test('an animation is kept as one, with a still preview', async () => {
  const media = await send(owner, await animation(60, 4), 'wave.gif');
  assert.deepEqual([media.type, media.isAnimated, media.width, media.height], ['image/gif', true, 60, 60]);
  const preview = await openForm(owner, { mediaId: media.id, form: 'preview-160' });
  assert.equal((await sharp(await buffer(preview.stream)).metadata()).pages, undefined);
});

test('an image of a post that has not gone out is not deleted', async () => {
  const media = await sendPhoto();
  const content = { parts: [{ text: 'a', media: [{ mediaId: media.id, altText: '' }] }], firstComment: null };
  const post = '01900000-0000-7000-8000-0000000000aa';
  await database.admin(
    `insert into post (workspace_id, id, request_key, request_hash, content, author_name, created_at, updated_at) values ($1, $2, $2, '', $3, 'A', now(), now())`,
    [workspaceId, post, JSON.stringify(content)]);
  await assert.rejects(deleteImage(owner, media.id), (error) => refused('conflict')(error) && /in a post not gone out/.test(String(error)));
  assert.deepEqual((await listUses(analyst, media.id)).uses, [{ postId: post, words: 'a', dueAt: null, isWaiting: true }]);
  assert.deepEqual((await listUses(owner, (await sendPhoto()).id)).uses, []);
  await assert.rejects(listUses(stranger, media.id), refused('not-found'));
  await database.admin('delete from post where id = $1', [post]);
  await deleteImage(owner, media.id);
});

test('an image that only a series shows, in its text or in the words of one account, is not deleted until the series has ended', async () => {
  const media = await sendPhoto();
  const plain = { parts: [{ text: 'Monday\nfunday', media: [] }], firstComment: null };
  const shown = { parts: [{ text: 'Monday\nfunday', media: [{ mediaId: media.id, altText: '' }] }], firstComment: null };
  const series = '01900000-0000-7000-8000-0000000000ab';
  await database.admin(
    `insert into post_series (workspace_id, id, request_key, request_hash, state, content, targets, rule, author_name, created_at, updated_at)
     values ($1, $2, $2, '', 'active', $3, '[]', '{}', 'A', now(), now())`,
    [workspaceId, series, JSON.stringify(shown)]);
  const says = (pattern: RegExp) => (error: unknown) => refused('conflict')(error) && pattern.test(String(error));
  await assert.rejects(deleteImage(owner, media.id), says(/in a series that repeats \(“Monday funday”\)\. Take it out there first, or end the series\./));
  assert.deepEqual(await listUses(analyst, media.id), { uses: [], series: [{ seriesId: series, words: 'Monday\nfunday', isPaused: false }] });
  const targets = [{ accountId: series, content: shown }];
  await database.admin(`update post_series set state = 'paused', content = $2, targets = $3 where id = $1`, [series, JSON.stringify(plain), JSON.stringify(targets)]);
  await assert.rejects(deleteImage(owner, media.id), says(/in a series that repeats/));
  await database.admin(`update post_series set state = 'ended' where id = $1`, [series]);
  await deleteImage(owner, media.id);
});

test('an image that a post is being written with is not deleted before the post is there to keep it', async () => {
  const media = await sendPhoto();
  const content = { parts: [{ text: 'a', media: [{ mediaId: media.id, altText: '' }] }], firstComment: null };
  const post = '01900000-0000-7000-8000-0000000000ac';
  const isDeleteWaiting = async (): Promise<boolean> =>
    (await database.admin(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)).length > 0;
  let deleting: Promise<unknown> = Promise.resolve();
  await owner.transaction(async (db) => {
    await requireMedia(db, owner, [media.id]);
    let isOver = false;
    deleting = deleteImage(owner, media.id).then(() => null, (error: unknown) => error).finally(() => void (isOver = true));
    while (!isOver && !(await isDeleteWaiting())) await new Promise((resolve) => void setTimeout(resolve, 5));
    await database.admin(
      `insert into post (workspace_id, id, request_key, request_hash, content, author_name, created_at, updated_at) values ($1, $2, $2, '', $3, 'A', now(), now())`,
      [workspaceId, post, JSON.stringify(content)]);
  });
  assert.ok(refused('conflict')(await deleting));
  await database.admin('delete from post where id = $1', [post]);
});

test('an image in another shape is a new one beside it, with its description, and open libraries hear of it', async () => {
  const media = await sendPhoto(600, 200);
  await describeImage(owner, media.id, { altText: 'A long fence' });
  const heard: string[] = [];
  // What was done to the image before may arrive only now.
  const stop = owner.events.subscribe(workspaceId, ({ topic, id }) => void (id !== media.id && heard.push(`${topic} ${id}`)));
  const { media: cropped } = await reshapeKept(owner, media.id, { how: 'crop', ratio: 1.91 });
  const { media: fitted } = await reshapeKept(owner, media.id, { how: 'fit', ratio: 1.91 });
  assert.deepEqual([cropped, fitted].map(({ name, width, height, altText }) => [name, width, height, altText]), [
    ['photo (1.91:1).jpg', 382, 200, 'A long fence'], ['photo (1.91:1).jpg', 600, 315, 'A long fence'],
  ]);
  assert.equal((await readImage(owner, media.id)).media.width, 600);
  assert.deepEqual(await auditOf(cropped.id), ['media:reshape']);
  await assert.rejects(reshapeKept(stranger, media.id, { how: 'crop', ratio: 1 }), refused('not-found'));
  await assert.rejects(reshapeKept(analyst, media.id, { how: 'crop', ratio: 1 }), refused('not-allowed'));
  await deleteImage(owner, fitted.id);
  while (heard.length < 3) await new Promise((resolve) => void setTimeout(resolve, 5));
  stop();
  assert.deepEqual(heard, [`media ${cropped.id}`, `media ${fitted.id}`, `media ${fitted.id}`]);
});
