import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../clock.ts';
import { generateFernetKey, InvalidTokenError } from './fernet.ts';
import { createKeyring, keyIdOf } from './keyring.ts';

const [older, newer] = [generateFernetKey(), generateFernetKey()];
const row = ['workspace', 'account'];

test('a value sealed for one row is refused in every other', () => {
  const keyring = createKeyring([older], systemClock);
  const sealed = keyring.sealForRow('secret', row);
  assert.equal(keyring.openForRow(sealed, row), 'secret');
  for (const other of [['workspace', 'other'], ['other', 'account'], ['account', 'workspace'], ['workspace'], []]) {
    assert.throws(() => keyring.openForRow(sealed, other), InvalidTokenError);
  }
});

test('ciphertext and binding of two rows cannot be mixed', () => {
  const keyring = createKeyring([older], systemClock);
  const [one, other] = [keyring.sealForRow('one', row), keyring.sealForRow('other', row)];
  assert.throws(() => keyring.openForRow({ token: one.token, binding: other.binding }, row), InvalidTokenError);
  assert.throws(() => keyring.openForRow({ token: one.token, binding: Buffer.alloc(0) }, row), InvalidTokenError);
});

test('while keys rotate, the newest encrypts and the older still decrypt', () => {
  const before = createKeyring([older], systemClock).sealForRow('secret', row);
  const rotating = createKeyring([newer, older], systemClock);
  assert.equal(rotating.openForRow(before, row), 'secret');
  assert.equal(rotating.seal('x').keyId, keyIdOf(newer));
  assert.equal(createKeyring([newer], systemClock).open(rotating.seal('x').token), 'x');
  assert.throws(() => createKeyring([newer], systemClock).openForRow(before, row), InvalidTokenError);
});

test('the same value never seals to the same token, and the token does not show it', () => {
  const keyring = createKeyring([older], systemClock);
  const [one, other] = [keyring.seal('visible'), keyring.seal('visible')];
  assert.notEqual(one.token, other.token);
  assert.ok(!Buffer.from(one.token, 'base64url').includes('visible'));
});

test('without a key nothing starts', () => {
  assert.throws(() => createKeyring([], systemClock), /no encryption key/);
});
