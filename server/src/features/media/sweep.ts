import { object } from '@rookery/contract/schema.ts';
import { previewSizes } from '@rookery/contract/media.ts';
import { sweepIncoming } from '../../platform/blobs/incoming.ts';
import { defineJob } from '../../platform/jobs/definition.ts';
import { makeVideoTile } from '../../platform/images/video-tile.ts';
import { makePreview } from '../../platform/images/small-forms.ts';
import type { Services, WorkspaceContext } from '../context.ts';
import { imageTypeOf } from './image-types.ts';
import { addForm, announceMedia, requireMediaRow } from './keep.ts';
import {
  deleteForm, forgetOrphans, listDueWorkspaces, listMarkedMissing, listNamedFiles, listOldOrphans, markMissing, noteOrphans, unmarkMissing,
} from './queries.ts';
import { createKey, incomingFolder, readBlob, storing } from './store.ts';

/**
 * A file is deleted after it has had no row in every look of this time. Long, since the database may have been put back from an old
 * backup by mistake: its rows come back with the right one, its files would not.
 */
const orphanDays = 7;
const dayMs = 86_400_000;
const workspacePattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Compares the files of the library with the rows that name them, once a day. */
export const sweepJob = defineJob({ name: 'media.sweep', payload: object({}), priority: 1, retriesMax: 1, concurrency: 1, queueing: 'one-per-key' });

/** Removes uploads that a killed process left half read. */
export async function sweepUploads(services: Pick<Services, 'config' | 'clock'>): Promise<void> {
  await sweepIncoming(incomingFolder(services.config), services.clock.now().getTime());
}

/** Asks for a look over all libraries, unless one waits already. */
export async function enqueueSweep(services: Pick<Services, 'database' | 'jobs'>): Promise<void> {
  await services.database.withScope({}, (db) => services.jobs.enqueue(db, sweepJob, {}, { key: 'all' }));
}

type SweepServices = Pick<Services, 'database' | 'blobs' | 'clock' | 'log'>;

export interface Sweeping {
  /** Null for a workspace that is gone. */
  readonly openWorkspace: (workspaceId: string) => Promise<WorkspaceContext | null>;
  readonly signal: AbortSignal;
}

/**
 * Files that nothing names are deleted when they are old enough; images whose file is lost are marked, and what can be made
 * anew is. No permission: part of a job. No audit: nobody did it, and what is deleted has no row that anybody could have seen.
 */
export async function sweepLibraries(services: SweepServices, { openWorkspace, signal }: Sweeping): Promise<void> {
  const due = await services.database.withScope({}, (db) => db.many(listDueWorkspaces));
  const ids = new Set(due.map(({ workspace_id: id }) => id));
  for await (const name of services.blobs.firstNames()) if (workspacePattern.test(name)) ids.add(name);
  for (const workspaceId of ids) {
    signal.throwIfAborted();
    await sweepLibrary(services, workspaceId, await openWorkspace(workspaceId));
  }
}

async function sweepLibrary(services: SweepServices, workspaceId: string, ctx: WorkspaceContext | null): Promise<void> {
  // Files first, rows after: a file that comes in between is not looked at, and what is deleted in between is asked for again below.
  const stored = new Map<string, number>();
  for await (const { key, bytes } of services.blobs.list(workspaceId)) stored.set(key, bytes);
  const named = await services.database.withWorkspace(workspaceId, (db) => db.many(listNamedFiles, [workspaceId]));
  const known = new Set(named.map(({ stored_as: key }) => key));
  await sweepOrphans(services, workspaceId, [...stored].filter(([key]) => !known.has(key)));
  if (ctx !== null) await sweepLost(ctx, named.filter(({ stored_as: key }) => !stored.has(key)));
}

/** No audit: what goes has no row that anybody could have seen. No permission: part of a job. */
async function sweepOrphans({ database, blobs, clock, log }: SweepServices, workspaceId: string, orphans: readonly (readonly [key: string, bytes: number])[]): Promise<void> {
  const now = clock.now();
  const keys = orphans.map(([key]) => key);
  const old = await database.withScope({}, async (db) => {
    await db.run(forgetOrphans, [workspaceId, keys]);
    await db.run(noteOrphans, [keys, orphans.map(([, bytes]) => bytes), now]);
    return db.many(listOldOrphans, [workspaceId, new Date(now.getTime() - orphanDays * dayMs)]);
  });
  for (const { key } of old) await blobs.delete(key);
  if (orphans.length > 0) log.warn({ workspaceId, orphans: orphans.length, deleted: old.length, afterDays: orphanDays }, 'files of the library that no row names');
}

type NamedFile = { readonly media_id: string; readonly form: string | null; readonly stored_as: string };

async function sweepLost(ctx: WorkspaceContext, absent: readonly NamedFile[]): Promise<void> {
  const lost: NamedFile[] = [];
  for (const file of absent) if ((await ctx.blobs.stat(file.stored_as)) === null) lost.push(file);
  const images = new Set(lost.filter(({ form }) => form === null).map(({ media_id: id }) => id));
  await markImages(ctx, images);
  // Without the image nothing can be made of it.
  for (const file of lost) if (file.form !== null && !images.has(file.media_id)) await renewForm(ctx, { ...file, form: file.form });
  if (lost.length > 0) ctx.log.warn({ workspaceId: ctx.workspace.id, images: images.size, forms: lost.length - images.size }, 'files of the library are missing');
}

/** No audit: it is noted what the store lost, nobody did it. No permission: part of a job. */
async function markImages(ctx: WorkspaceContext, images: ReadonlySet<string>): Promise<void> {
  const { workspace, clock } = ctx;
  await ctx.transaction(async (db) => {
    for (const { id } of await db.many(listMarkedMissing, [workspace.id])) {
      if (images.has(id)) continue;
      await db.run(unmarkMissing, [workspace.id, id]);
      await announceMedia(db, ctx, id);
    }
    for (const id of images) if ((await db.run(markMissing, [workspace.id, id, clock.now()])) > 0) await announceMedia(db, ctx, id);
  });
}

/** A preview is made anew from the image; what a network's rule asks for is made when it is next published. No audit, no permission: as above. */
async function renewForm(ctx: WorkspaceContext, { media_id: mediaId, form, stored_as: lostKey }: NamedFile & { readonly form: string }): Promise<void> {
  const where = [ctx.workspace.id, mediaId, form, lostKey];
  const size = previewSizes.find((candidate) => form === `preview-${candidate}`);
  if (size === undefined) {
    await ctx.transaction((db) => db.run(deleteForm, where));
    return;
  }
  const row = await ctx.transaction((db) => requireMediaRow(db, ctx, mediaId));
  const preview = imageTypeOf(row.type) === null ? await makeVideoTile(row, Number(size)) : await makePreview(await readBlob(ctx.blobs, row.stored_as), Number(size));
  const key = createKey(ctx.workspace.id, mediaId);
  await storing(ctx.blobs, [{ key, data: preview.data }], () => ctx.transaction(async (db) => {
    await db.run(deleteForm, where);
    await addForm(db, ctx, { mediaId, name: form, key, form: preview });
  }));
}
