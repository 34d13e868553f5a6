import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { AppError } from '../../platform/errors.ts';
import { createUploads, writeZip, type ZipMember } from './archive-fixture.ts';
import { openExport, type ArchiveLimits, type UploadedFile } from './archive.ts';

const wants = (path: string): boolean => path.endsWith('followers_1.json');
const inside = 'connections/followers_and_following/followers_1.json';

async function readAll(files: readonly UploadedFile[], limits: Partial<ArchiveLimits> = {}): Promise<{ path: string; text: string }[]> {
  const found: { path: string; text: string }[] = [];
  for await (const entry of openExport(files, { wants, limits })) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry.read()) chunks.push(chunk);
    found.push({ path: entry.path, text: Buffer.concat(chunks).toString() });
  }
  return found;
}

async function readZip(members: readonly ZipMember[], limits: Partial<ArchiveLimits> = {}) {
  await using uploads = await createUploads();
  return await readAll([await uploads.add('export.zip', writeZip(members))], limits);
}

function refusal(words: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof AppError && error.code === 'unreadable-export' && words.test(error.message);
}

test('loose files and ZIP members come out alike, and only the wanted ones', async () => {
  await using uploads = await createUploads();
  const zip = await uploads.add(
    'export.zip',
    writeZip([
      { name: 'media/1.jpg', content: 'x' },
      { name: 'connections/', content: '' },
      { name: inside, content: '[1]' },
      { name: 'a/followers_1.json', content: '[2]', isStored: true },
    ]),
  );
  const loose = await uploads.add('followers_1.json', '[3]');
  assert.deepEqual(await readAll([zip, loose, await uploads.add('notes.txt', 'x')]), [
    { path: inside, text: '[1]' },
    { path: 'a/followers_1.json', text: '[2]' },
    { path: 'followers_1.json', text: '[3]' },
  ]);
});

test('a ZIP is known by its content, whatever its name', async () => {
  await using uploads = await createUploads();
  assert.equal((await readAll([await uploads.add('followers_1.json', writeZip([{ name: inside, content: '[]' }]))]))[0]?.path, inside);
  await assert.rejects(async () => readAll([await uploads.add('export.zip', 'not a zip')]), refusal(/is not a ZIP file/));
  await assert.rejects(
    async () => readAll([await uploads.add('export.zip', writeZip([{ name: inside, content: '[]' }]).subarray(0, 60))]),
    refusal(/could not be read as a ZIP/),
  );
});

for (const name of [
  '../followers_1.json',
  'a/../../followers_1.json',
  '/etc/followers_1.json',
  'C:\\x\\followers_1.json',
  '..\\followers_1.json',
  'a\0followers_1.json',
]) {
  test(`a ZIP that names ${JSON.stringify(name)} is refused as a whole`, async () => {
    await assert.rejects(
      readZip([
        { name: inside, content: '[]' },
        { name, content: '[]' },
      ]),
      refusal(/outside of itself|could not be read as a ZIP/),
    );
  });
}

test('a loose file with an outside name is refused', async () => {
  await using uploads = await createUploads();
  await assert.rejects(async () => readAll([await uploads.add('../followers_1.json', '[]')]), refusal(/outside of itself/));
});

test('symbolic links and encrypted members are refused', async () => {
  await assert.rejects(readZip([{ name: inside, content: '/etc/passwd', unixMode: 0o120777 }]), refusal(/holds a link/));
  await assert.rejects(readZip([{ name: inside, content: '[]', flags: 1 }]), refusal(/password/));
  await assert.rejects(readZip([{ name: inside, content: '[]', flags: 0x41 }]), refusal(/could not be read as a ZIP/));
});

test('a bomb is refused by its declared sizes, before it is unpacked', async () => {
  await assert.rejects(readZip([{ name: inside, content: Buffer.alloc(8_000_000, 0x20) }]), refusal(/far more than a real export/));
});

test('a member that holds more or less than it declares breaks the reading', async () => {
  const content = ' '.repeat(100_000);
  await assert.rejects(readZip([{ name: inside, content, statedBytes: 1_000 }]), refusal(/could not be unpacked/));
  await assert.rejects(readZip([{ name: inside, content, statedBytes: 100_001 }]), refusal(/could not be unpacked/));
});

test('a member with a wrong checksum is refused', async () => {
  await assert.rejects(readZip([{ name: inside, content: '[]', statedCrc: 1 }]), refusal(/is damaged/));
});

test('caps: size of one, size of all, number of matches, number of names', async () => {
  const members = [
    { name: inside, content: 'x'.repeat(600) },
    { name: 'b/followers_1.json', content: 'x'.repeat(600) },
  ];
  await assert.rejects(readZip(members, { entryBytesMax: 500 }), refusal(/too large to be a list/));
  await assert.rejects(readZip(members, { totalBytesMax: 1_000 }), refusal(/too large together/));
  await assert.rejects(readZip(members, { matchesMax: 1 }), refusal(/too many follower files/));
  await assert.rejects(readZip(members, { namesMax: 1 }), refusal(/too many files/));
  assert.equal((await readZip(members)).length, 2);
});

test('20,000 photos beside the list are only looked at by name', async () => {
  const photos = Array.from({ length: 20_000 }, (_, index) => ({ name: `media/posts/${index}.jpg`, content: 'jpg', isStored: true }));
  assert.equal((await readZip([...photos, { name: inside, content: '[]' }])).length, 1);
});

test('resource forks and ZIPs inside the ZIP stay closed', async () => {
  const nested = writeZip([{ name: inside, content: '[9]' }]);
  const found = await readZip([
    { name: `__MACOSX/${inside}`, content: 'x' },
    { name: 'a/._followers_1.json', content: 'x' },
    { name: 'nested.zip', content: nested },
    { name: inside, content: '[]' },
  ]);
  assert.deepEqual(found, [{ path: inside, text: '[]' }]);
});

test('an entry can be read again, and a reading can be stopped', async () => {
  await using uploads = await createUploads();
  const zip = await uploads.add('export.zip', writeZip([{ name: inside, content: '[1]' }]));
  const abort = new AbortController();
  for await (const entry of openExport([zip], { wants })) {
    for (let round = 0; round < 2; round += 1) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry.read()) chunks.push(chunk);
      assert.equal(Buffer.concat(chunks).toString(), '[1]');
    }
    abort.abort();
    await assert.rejects(
      async () => {
        for await (const _ of entry.read(abort.signal));
      },
      { name: 'AbortError' },
    );
  }
});

test('hostile bytes of any kind end in a refusal, never in another error', async () => {
  await using uploads = await createUploads();
  const whole = writeZip([
    { name: inside, content: '[1,2,3]'.repeat(50) },
    { name: 'other', content: 'y' },
  ]);
  const file = await uploads.add('export.zip', whole);
  for (let at = 0; at < whole.length; at += 1) {
    const broken = Buffer.from(whole);
    broken[at] = (broken[at] ?? 0) ^ 0xff;
    await writeFile(file.path, broken);
    await readAll([file]).catch((error: unknown) => assert.ok(error instanceof AppError, `byte ${at}: ${String(error)}`));
  }
});
