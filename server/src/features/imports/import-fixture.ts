import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after } from 'node:test';
import type { Import } from '@rookery/contract/audience.ts';
import type { WorkspaceContext } from '../context.ts';
import { createHarness, type Harness } from '../testing/harness.ts';
import { writeZip } from './archive-fixture.ts';
import { createImportHandlers } from './index.ts';
import { acceptImport, askToRead, beginImport, readOneImport, receiveFile } from './service.ts';

export const signal = new AbortController().signal;
const listPath = 'connections/followers_and_following/followers_1.json';

/** For tests: one export as a person would send it. */
export interface WrittenExport {
  readonly name: string;
  readonly content: Buffer;
}

/** An Instagram export of a day; the first handle followed last, one minute after the next. */
export function writeExport(owner: string, day: string, handles: readonly string[], newest = new Date('2024-03-09T10:00:00Z')): WrittenExport {
  const rows = handles.map((handle, index) => ({
    title: '', media_list_data: [],
    string_list_data: [{ href: `https://www.instagram.com/${handle}`, value: handle, timestamp: newest.getTime() / 1000 - index * 60 }],
  }));
  return { name: `instagram-${owner}-${day}-AbCd1234.zip`, content: writeZip([{ name: listPath, content: JSON.stringify(rows) }]) };
}

export interface ImportHarness extends Harness {
  readonly owner: WorkspaceContext;
  readonly worker: WorkspaceContext;
  readonly dataDirectory: string;
  /** Sends the files and has them read. */
  prepare(file: WrittenExport, options?: { handle?: string; dated?: string }): Promise<Import>;
  /** Says yes and lets the job run, once, as the last attempt unless told otherwise. */
  commit(importId: string, options?: { worker?: WorkspaceContext; isLastAttempt?: boolean }): Promise<Import>;
  bring(file: WrittenExport): Promise<Import>;
  runJob(which: 'read' | 'commit', importId: string, options?: { worker?: WorkspaceContext; isLastAttempt?: boolean }): Promise<void>;
}

/** The harness with a folder for uploads and short ways through an import. */
export async function createImportHarness(): Promise<ImportHarness> {
  const harness = await createHarness();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'rookery-imports-'));
  after(() => rm(dataDirectory, { recursive: true, force: true }));
  const here = (ctx: WorkspaceContext): WorkspaceContext => ({ ...ctx, config: { ...ctx.config, dataDirectory } });
  const owner = here(harness.owner);
  const worker = here(harness.worker);
  const state = async (importId: string): Promise<Import> => (await readOneImport(owner, importId)).import;
  const runJob: ImportHarness['runJob'] = async (which, importId, options = {}) => {
    const handler = createImportHandlers(async () => options.worker ?? worker).find(({ definition }) => definition.name === `imports.${which}`);
    assert.ok(handler);
    const payload = { workspaceId: owner.workspace.id, importId };
    await handler.run({ id: 'job', payload, attempt: 1, isLastAttempt: options.isLastAttempt ?? true, signal });
  };
  const prepare: ImportHarness['prepare'] = async (file, { handle, dated } = {}) => {
    const begun = await beginImport(owner, handle === undefined ? {} : { network: 'instagram', handle });
    await receiveFile(owner, { importId: begun.import.id, query: { name: file.name }, stream: Readable.from([file.content]), signal });
    await askToRead(owner, begun.import.id, dated === undefined ? {} : { dated });
    await runJob('read', begun.import.id);
    return state(begun.import.id);
  };
  const commit: ImportHarness['commit'] = async (importId, options) => {
    await acceptImport(owner, importId);
    await runJob('commit', importId, options);
    return state(importId);
  };
  const bring = async (file: WrittenExport): Promise<Import> => commit((await prepare(file)).id);
  return { ...harness, owner, worker, dataDirectory, prepare, commit, bring, runJob };
}
