import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLock } from './check-lock.ts';

const good = { version: '1.0.0', integrity: 'sha512-x', license: 'MIT' };

test('a complete lock passes, with nested packages and a choice of licences', () => {
  const packages = {
    '': { dependencies: { a: '1.0.0' } },
    'node_modules/a': { ...good, dependencies: { b: '1.0.0', c: '1.0.0' }, license: '(GPL-3.0 OR MIT)' },
    'node_modules/a/node_modules/b': { ...good, dependencies: { c: '1.0.0' } },
    'node_modules/c': good,
  };
  assert.deepEqual(checkLock(packages), []);
});

test('a platform package that the lock leaves out is named', () => {
  assert.match(checkLock({ 'node_modules/a': { ...good, optionalDependencies: { 'a-darwin': '1.0.0' } } }).join(), /needs a-darwin@1\.0\.0/);
});

test('a package without a hash or under an unknown licence is named', () => {
  const flaws = checkLock({ 'node_modules/a': { version: '1.0.0', license: 'SSPL-1.0' }, 'node_modules/@b/c': { ...good, license: 'MIT AND GPL-3.0' } });
  assert.deepEqual(flaws.map((flaw) => flaw.split(' ')[0]), ['a', 'a', '@b/c']);
});

test('a licence for building only is refused in what is shipped', () => {
  const packages = { 'node_modules/a': { ...good, license: 'MPL-2.0', dev: true }, 'node_modules/b': { ...good, license: 'MPL-2.0' } };
  assert.deepEqual(checkLock(packages).length, 1);
});

test('an exception holds for the package that it names, and for no other licence of it', () => {
  const lgpl = { ...good, license: 'Apache-2.0 AND LGPL-3.0-or-later' };
  assert.deepEqual(checkLock({ 'node_modules/@img/sharp-win32-x64': lgpl }), []);
  assert.equal(checkLock({ 'node_modules/other': lgpl }).length, 1);
  assert.equal(checkLock({ 'node_modules/@img/sharp-win32-x64': { ...good, license: 'GPL-3.0-or-later' } }).length, 1);
  const { license: _license, ...unstated } = good;
  assert.deepEqual(checkLock({ 'node_modules/twitter-text': unstated }), []);
  assert.equal(checkLock({ 'node_modules/other': unstated }).length, 1);
});

test('an empty lock is an error, never "no flaws"', () => {
  assert.throws(() => checkLock({}), /nothing was checked/);
});
