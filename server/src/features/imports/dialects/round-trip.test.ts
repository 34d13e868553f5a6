import assert from 'node:assert/strict';
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { createUploads, writeZip } from '../archive-fixture.ts';
import { readExport } from './read-export.ts';

interface Written {
  readonly name: string;
  readonly content: string;
}
interface Person {
  readonly handle: string;
  readonly id: string;
  readonly seconds: number;
}

const wrapped = (key: string, rows: readonly object[]): string => JSON.stringify({ [key]: rows }, null, 2);
const valued = ({ handle, seconds }: Person): object => ({
  title: '',
  media_list_data: [],
  string_list_data: [{ href: `https://www.instagram.com/${handle}`, value: handle, timestamp: seconds }],
});
const titled = ({ handle, seconds }: Person): object => ({
  title: handle,
  string_list_data: [{ href: `https://www.instagram.com/_u/${handle}`, timestamp: seconds }],
});
const labelled = ({ handle, seconds }: Person): object => ({
  timestamp: seconds,
  media: [],
  label_values: [{ label: 'Adresse', value: `https://www.instagram.com/${handle}` }],
});
const threaded = ({ handle, seconds }: Person): object => ({
  title: '',
  string_list_data: [{ href: `https://www.threads.net/@${handle}`, value: handle, timestamp: seconds }],
});
const boxed = ({ handle }: Person): string =>
  `<div class="pam uiBoxWhite"><a href="https://www.instagram.com/${handle}">${handle}</a><div>Aug 24, 2025, 1:46 am</div></div>`;

const writers: Readonly<Record<string, (parts: readonly (readonly Person[])[]) => Written[]>> = {
  'instagram bare': (parts) =>
    parts.map((part, at) => ({ name: `followers_${at + 1}.json`, content: JSON.stringify(part.map(valued), null, 2) })),
  'instagram wrapped': (parts) =>
    parts.map((part, at) => ({ name: `followers_${at + 1}.json`, content: wrapped('relationships_followers', part.map(valued)) })),
  'instagram titled': (parts) => parts.map((part, at) => ({ name: `followers_${at + 1}.json`, content: JSON.stringify(part.map(titled)) })),
  'instagram labelled': (parts) =>
    parts.map((part, at) => ({ name: `followers_${at + 1}.json`, content: JSON.stringify(part.map(labelled)) })),
  'instagram html': (parts) =>
    parts.map((part, at) => ({
      name: `followers_${at + 1}.html`,
      content: `<html><body><main role="main">${part.map(boxed).join('\n')}</main></body></html>`,
    })),
  threads: (parts) =>
    parts.map((part, at) => ({
      name: `threads/followers_${at + 1}.json`,
      content: wrapped('text_post_app_text_post_app_followers', part.map(threaded)),
    })),
  x: (parts) =>
    parts.map((part, at) => ({
      name: at === 0 ? 'data/follower.js' : `data/follower-part${at}.js`,
      content: `window.YTD.follower.part${at} = ${JSON.stringify(
        part.map(({ id }) => ({ follower: { accountId: id, userLink: '' } })),
        null,
        2,
      )}\n`,
    })),
};

const handle = fc
  .stringMatching(/^[a-z0-9][a-z0-9._]{0,28}[a-z0-9_]$/)
  .filter((text) => !['about', 'accounts', 'direct', 'explore', 'legal', 'reels', 'stories', '_u'].includes(text));
const person = fc.record({
  handle,
  id: fc.bigInt(1n, 2n ** 63n).map(String),
  seconds: fc.integer({ min: 1_300_000_000, max: 1_790_000_000 }),
});
const people = fc
  .uniqueArray(person, { maxLength: 60, selector: (one) => one.handle })
  .filter((list) => new Set(list.map(({ id }) => id)).size === list.length);

for (const [dialect, write] of Object.entries(writers)) {
  test(`any follower set written as ${dialect} reads back equal, loose and zipped, in however many parts`, async () => {
    await fc.assert(
      fc.asyncProperty(people, fc.integer({ min: 1, max: 3 }), fc.boolean(), async (list, partCount, isZipped) => {
        await using uploads = await createUploads();
        const size = Math.ceil(list.length / partCount) || 1;
        const written = write(Array.from({ length: partCount }, (_, at) => list.slice(at * size, (at + 1) * size)));
        const files = isZipped
          ? [await uploads.add('export.zip', writeZip(written))]
          : await Promise.all(written.map(({ name, content }) => uploads.add(name, content)));
        const reading = await readExport(files);
        const found: string[] = [];
        await reading.forEachFollower((batch) => {
          found.push(...batch.map((row) => `${row.externalId ?? row.handle} ${row.followedAt?.getTime() ?? ''}`));
        });
        const expected = list.map((one) => {
          if (dialect === 'x') return `${one.id} `;
          return `${one.handle} ${dialect === 'instagram html' ? '' : one.seconds * 1000}`;
        });
        assert.deepEqual(found, expected);
        assert.deepEqual([reading.followers, reading.unreadable, reading.duplicates], [list.length, 0, 0]);
      }),
      { numRuns: 25 },
    );
  });
}

test('a million followers stream through: neither the heap nor the process grows with the list', async () => {
  await using uploads = await createUploads();
  const path = join(uploads.folder, 'large.json');
  const rows = 1_000_000;
  await pipeline(Readable.from(writeRows(rows)), createWriteStream(path));
  const bytes = (await stat(path)).size;
  assert.ok(bytes > 120_000_000, 'the file is larger than what the heap may grow by');

  const before = process.memoryUsage();
  let heapMax = 0;
  let rssMax = 0;
  let seen = 0;
  const look = (): void => {
    seen += 1;
    if (seen % 50 !== 0) return;
    const now = process.memoryUsage();
    heapMax = Math.max(heapMax, now.heapUsed);
    rssMax = Math.max(rssMax, now.rss);
  };
  const reading = await readExport([{ name: 'followers_1.json', path, bytes, modifiedAt: null }], { onProgress: look });
  let handed = 0;
  await reading.forEachFollower((batch) => {
    handed += batch.length;
    look();
  });
  assert.deepEqual([reading.followers, handed], [rows, rows]);
  assert.ok(heapMax - before.heapUsed < 100_000_000, `heap grew by ${heapMax - before.heapUsed}`);
  assert.ok(rssMax - before.rss < 400_000_000, `process grew by ${rssMax - before.rss}`);
});

function* writeRows(count: number): Generator<string> {
  for (let at = 0; at < count; at += 1_000) {
    const rows = Array.from({ length: 1_000 }, (_, index) => {
      const handle = `person_number.${at + index}`;
      const href = `https://www.instagram.com/${handle}`;
      return `{"title":"","string_list_data":[{"href":"${href}","value":"${handle}","timestamp":${1_700_000_000 + at}}]}`;
    });
    yield (at === 0 ? '[' : ',') + rows.join(',');
  }
  yield ']';
}
