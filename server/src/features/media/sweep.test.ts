import assert from 'node:assert/strict';
import { readFile, rm, writeFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { Blobs } from '../../platform/blobs/blobs.ts';
import { drawing } from '../../platform/images/hostile-fixture.ts';
import type { WorkspaceContext } from '../context.ts';
import { openSystemContext } from '../workspaces/index.ts';
import { openForm } from './files.ts';
import { createMediaHarness } from './media-fixture.ts';
import { deleteImage, readImage } from './service.ts';
import { sweepLibraries } from './sweep.ts';

const harness = await createMediaHarness();
const { owner, stranger, clock, database, services, dataDirectory, send, sendPhoto } = harness;
const workspaceId = owner.workspace.id;
const workerServices = { ...services, database: database.worker };
const { signal } = new AbortController();
const dayMs = 86_400_000;
const photo = await drawing(60, 40).jpeg().toBuffer();

const sweep = (): Promise<void> => sweepLibraries(workerServices, { openWorkspace: (id) => openSystemContext(workerServices, id, 'sweep'), signal });

async function stored(id = workspaceId): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of owner.blobs.list(id)) keys.push(key);
  return keys.sort();
}

async function named(): Promise<string[]> {
  const rows = await database.admin(`select stored_as from media where workspace_id = $1 union all select stored_as from media_form where workspace_id = $1`, [workspaceId]);
  return rows.map((row) => String(row['stored_as'])).sort();
}

/** The store as a process sees it that is killed at its n-th step: nothing after that is ever done. */
function killedAt(step: number, blobs: Blobs): { blobs: Blobs; killed: Promise<void> } {
  let steps = 0;
  let die: () => void = () => undefined;
  const killed = new Promise<void>((resolve) => void (die = resolve));
  const act = <Args extends unknown[]>(work: (...args: Args) => Promise<void>) => async (...args: Args): Promise<void> => {
    steps += 1;
    if (steps > step) {
      die();
      return new Promise(() => undefined);
    }
    return work(...args);
  };
  return { blobs: { ...blobs, put: act((key, bytes) => blobs.put(key, bytes)), delete: act((key) => blobs.delete(key)) }, killed };
}

async function killDuring(work: (ctx: WorkspaceContext) => Promise<unknown>, step: number): Promise<boolean> {
  const { blobs, killed } = killedAt(step, owner.blobs);
  return Promise.race([work({ ...owner, blobs }).then(() => false), killed.then(() => true)]);
}

test('a process killed at any step of an upload or a deletion leaves nothing for good, and no image without its file', async () => {
  let kills = 0;
  for (let step = 0; step < 12; step += 1) if (await killDuring((ctx) => send(ctx, photo), step)) kills += 1;
  for (let step = 0; step < 4; step += 1) {
    const { id } = await sendPhoto();
    if (await killDuring((ctx) => deleteImage(ctx, id), step)) kills += 1;
  }
  assert.equal(kills, 8, 'four files are written, and four are deleted');
  // All files are there, and the process ends before their rows are.
  let transactions = 0;
  const cut = new Promise<boolean>((resolve) => {
    const transaction: WorkspaceContext['transaction'] = (work) => ((transactions += 1) === 1 ? owner.transaction(work) : new Promise(() => resolve(true)));
    void send({ ...owner, transaction }, photo);
  });
  assert.equal(await cut, true);
  const orphans = (await stored()).length - (await named()).length;
  assert.equal(orphans, 0 + 1 + 2 + 3 + (4 + 3 + 2 + 1) + 4);
  const files = new Set(await stored());
  assert.deepEqual((await named()).filter((key) => !files.has(key)), [], 'no row without its file');
  await sweep();
  clock.advance(6 * dayMs);
  await sweep();
  assert.equal((await stored()).length - (await named()).length, orphans, 'too early to be sure');
  clock.advance(dayMs);
  await sweep();
  assert.deepEqual(await stored(), await named());
  await sweep();
  assert.deepEqual(await database.admin('select * from blob_orphan'), []);
  assert.deepEqual(await database.admin('select id from media where missing_at is not null'), []);
});

test('a file that gets its row back in time stays', async () => {
  const media = await sendPhoto();
  const [row] = await database.admin('delete from media_form where media_id = $1 and form = $2 returning *', [media.id, 'preview-160']);
  await sweep();
  clock.advance(6 * dayMs);
  await database.admin('insert into media_form select * from jsonb_populate_record(null::media_form, $1::jsonb)', [JSON.stringify(row)]);
  await sweep();
  clock.advance(10 * dayMs);
  await sweep();
  (await openForm(owner, { mediaId: media.id, form: 'preview-160' })).stream.destroy();
});

test('what a deleted workspace left goes too; what is none of ours is left alone', async () => {
  const gone = '01900000-0000-7000-8000-00000000beef';
  await owner.blobs.put(`${gone}/a/b`, photo);
  await owner.blobs.put('notes/a', photo);
  const other = await send(stranger, photo);
  await sweep();
  clock.advance(8 * dayMs);
  await sweep();
  assert.deepEqual([(await stored(gone)).length, (await stored('notes')).length, (await stored(stranger.workspace.id)).length], [0, 1, 4]);
  assert.equal((await readImage(stranger, other.id)).media.isMissing, false);
});

test('an image whose file is lost is marked until it is back; a lost preview is made anew', async () => {
  const [lost, worn] = [await sendPhoto(), await sendPhoto()];
  const pathOf = async (sql: string, id: string): Promise<string> => join(dataDirectory, 'blobs', String((await database.admin(sql, [id]))[0]?.['stored_as']));
  const path = await pathOf('select stored_as from media where id = $1', lost.id);
  const bytes = await readFile(path);
  await rm(path);
  await rm(await pathOf(`select stored_as from media_form where media_id = $1 and form = 'preview-320'`, worn.id));
  await sweep();
  assert.deepEqual([(await readImage(owner, lost.id)).media.isMissing, (await readImage(owner, worn.id)).media.isMissing], [true, false]);
  (await openForm(owner, { mediaId: worn.id, form: 'preview-320' })).stream.destroy();
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  await sweep();
  assert.equal((await readImage(owner, lost.id)).media.isMissing, false);
});
