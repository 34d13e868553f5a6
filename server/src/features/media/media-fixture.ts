import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after } from 'node:test';
import type { Media } from '@rookery/contract/media.ts';
import { createDiskBlobs } from '../../platform/blobs/disk-blobs.ts';
import { drawing } from '../../platform/images/hostile-fixture.ts';
import type { WorkspaceContext } from '../context.ts';
import { createHarness, type Harness } from '../testing/harness.ts';
import { uploadImage } from './service.ts';

const signal = new AbortController().signal;

export interface MediaHarness extends Harness {
  readonly dataDirectory: string;
  send(ctx: WorkspaceContext, content: Buffer, name?: string): Promise<Media>;
  /** A photograph in the owner's library. */
  sendPhoto(width?: number, height?: number): Promise<Media>;
}

/** The harness with a data folder of its own and short ways into the library. */
export async function createMediaHarness(): Promise<MediaHarness> {
  const harness = await createHarness();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'rookery-media-'));
  after(() => rm(dataDirectory, { recursive: true, force: true }));
  const blobs = createDiskBlobs(join(dataDirectory, 'blobs'));
  const here = (ctx: WorkspaceContext): WorkspaceContext => ({ ...ctx, config: { ...ctx.config, dataDirectory }, blobs });
  const owner = here(harness.owner);
  const send: MediaHarness['send'] = async (ctx, content, name = 'photo.jpg') =>
    (await uploadImage(ctx, { query: { name }, stream: Readable.from([content]), signal })).media;
  return {
    ...harness, dataDirectory, owner, stranger: here(harness.stranger), worker: here(harness.worker), send,
    services: { ...harness.services, config: owner.config, blobs },
    sendPhoto: async (width = 200, height = 150) => send(owner, await drawing(width, height).jpeg().toBuffer()),
  };
}
