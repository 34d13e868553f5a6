import assert from 'node:assert/strict';
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findPostgresBinaries, restoreSymlinks } from './binaries.ts';

test('the packaged programs are found and may be run', () => {
  for (const path of Object.values(findPostgresBinaries())) accessSync(path, constants.X_OK);
});

test('library links that an install without scripts left out are made, and a second look changes nothing', () => {
  const root = mkdtempSync(join(tmpdir(), 'rookery-links-'));
  try {
    const native = join(root, 'native');
    mkdirSync(join(native, 'lib'), { recursive: true });
    writeFileSync(join(native, 'lib', 'libx.so.1.2'), 'library');
    writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify([{ source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so.1' }]));
    restoreSymlinks(native);
    restoreSymlinks(native);
    assert.equal(readFileSync(join(native, 'lib', 'libx.so.1'), 'utf8'), 'library');
    assert.equal(readlinkSync(join(native, 'lib', 'libx.so.1')), 'libx.so.1.2');
  } finally {
    rmSync(root, { recursive: true });
  }
});
