import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOwnPath, screenTarget } from './request-target.ts';

test('ordinary addresses pass, with any query', () => {
  for (const target of [
    '/',
    '/api/me',
    '/api/me/',
    '/a-b/c_d/1.2',
    '/assets/index-DX1.js',
    '/x?next=//evil&y=%zz',
    '/caf%C3%A9',
    '/@user',
    '/a%20b',
    '/.well-known/x',
  ]) {
    assert.equal(screenTarget(target), null, target);
  }
});

test('targets that two parsers could read differently are refused', () => {
  const targets = [
    '',
    '*',
    'http://evil.example/',
    '//evil.example/',
    '/a//b',
    '/..%2fetc',
    '/%2e%2e/etc',
    '/a/../b',
    '/a/%2E',
    '/./a',
    '/a\\b',
    '/a%5cb',
    '/%00',
    '/a%0d%0ab',
    '/%zz',
    '/%',
    '/%c3',
    '/%ed%a0%80',
    '/a b',
    '/caf\u00e9',
    '/a"b<c>\u0001',
  ];
  for (const target of targets) assert.equal(screenTarget(target)?.code, 'invalid-request', target);
  assert.equal(screenTarget(`/${'a'.repeat(9000)}`)?.code, 'uri-too-long');
});

test('a redirect leads to an own path only', () => {
  for (const path of ['/', '/accounts?connected=1', '/a#b', '/a/https://x']) assert.ok(isOwnPath(path), path);
  const foreign = [
    '',
    'a',
    '//evil',
    '/\\evil',
    '\\\\evil',
    'https:evil',
    'https://evil',
    '/\t/evil',
    '\t//evil',
    '/\n/evil',
    '/a\r\nX: y',
    'javascript:alert(1)',
    '/é',
    ' //evil',
  ];
  for (const path of foreign) assert.equal(isOwnPath(path), false, path);
});
