import assert from 'node:assert/strict';
import { AppError } from '../../../platform/errors.ts';
import { createUploads } from '../archive-fixture.ts';
import { readExport, type ExportedFollower, type ExportReading, type ReadOptions } from './read-export.ts';

export type Files = Readonly<Record<string, string | Uint8Array>>;
export const folder = 'connections/followers_and_following';
export const seconds = 1_756_000_000;

export async function readFiles(files: Files, options: ReadOptions & { modifiedAt?: Date } = {}) {
  await using uploads = await createUploads();
  const uploaded = [];
  for (const [name, content] of Object.entries(files)) uploaded.push(await uploads.add(name, content, options.modifiedAt ?? null));
  const reading = await readExport(uploaded, options);
  return { reading, rows: await collect(reading) };
}

async function collect(reading: ExportReading): Promise<ExportedFollower[]> {
  const rows: ExportedFollower[] = [];
  await reading.forEachFollower((batch) => {
    assert.ok(batch.length <= 1_000);
    rows.push(...batch);
  });
  return rows;
}

export function refusal(words: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof AppError && error.code === 'unreadable-export' && words.test(error.message);
}

export function igRow(handle: string, timestamp = seconds): object {
  return { title: '', media_list_data: [], string_list_data: [{ href: `https://www.instagram.com/${handle}`, value: handle, timestamp }] };
}

export function igList(...handles: string[]): string {
  return JSON.stringify(handles.map((handle) => igRow(handle)));
}

export function xList(name: string, part: number, ids: readonly string[]): string {
  const key = name === 'follower' ? 'follower' : 'following';
  const rows = ids.map((accountId) => ({ [key]: { accountId, userLink: 'https://example.test/x' } }));
  return `window.YTD.${name}.part${part} = ${JSON.stringify(rows)}`;
}

export function xManifest(files: readonly { fileName: string; count: string }[], archiveInfo: object = {}): string {
  return `window.__THAR_CONFIG = ${JSON.stringify({
    userInfo: { accountId: '77', userName: 'Nordlys' },
    archiveInfo: { generationDate: '2026-09-01T08:00:00.000Z', isPartialArchive: false, ...archiveInfo },
    dataTypes: { follower: { files } },
  })}`;
}

export const handles = (rows: readonly ExportedFollower[]): (string | null)[] => rows.map(({ handle }) => handle);

export const threadsRows = (): object[] => [
  { title: '', string_list_data: [{ href: 'https://www.threads.net/@mira.vale', value: 'mira.vale', timestamp: seconds }] },
  { title: 'zed', string_list_data: [{ href: 'https://www.threads.com/zed', timestamp: seconds }] },
  { title: '', string_list_data: [{ value: '@Osei.K', timestamp: seconds }] },
];
export const threadsText = (): string => JSON.stringify({ text_post_app_text_post_app_followers: threadsRows() });

export function page(main: string, header = ''): string {
  return `<!DOCTYPE html><html><head><style>a{}</style></head><body><a href="https://www.instagram.com/outside">x</a>
    ${header}<div role="main">${main}</div></body></html>`;
}
export const box = (handle: string, day: string): string =>
  `<div class="q uiBoxWhite"><div><a target="_blank" href="https://www.instagram.com/${handle}">${handle}</a></div><div>${day}</div></div>`;
