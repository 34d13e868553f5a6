import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decryptFernet, encryptFernet, generateFernetKey, InvalidTokenError, parseFernetKey } from './fernet.ts';

// The vectors of github.com/fernet/spec.
const secret = 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=';
const key = parseFernetKey(secret);
const token = 'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==';
const madeAt = Date.parse('1985-10-26T01:20:00-07:00') / 1000;
const iv = Buffer.from([...Array(16).keys()]);

function open(text: string, age?: { nowSeconds: number; ttlSeconds: number }): string {
  return decryptFernet([key], text, age).plain.toString();
}

test('makes the token of the specification, byte for byte', () => {
  assert.equal(encryptFernet(key, Buffer.from('hello'), { nowSeconds: madeAt, iv }), token);
});

test('reads the token of the specification', () => {
  assert.deepEqual(decryptFernet([key], token, { nowSeconds: madeAt + 1, ttlSeconds: 60 }), { plain: Buffer.from('hello'), madeAtSeconds: madeAt });
});

const invalid: readonly (readonly [string, string, number])[] = [
  ['incorrect mac', 'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykQUFBQUFBQUFBQQ==', 1],
  ['too short', 'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPA==', 1],
  ['invalid base64', '%%%%%%%%%%%%%AECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==', 1],
  ['size no multiple of the block', 'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPOm73QeoCk9uGib28Xe5vz6oxq5nmxbx_v7mrfyudzUm', 1],
  ['padding error', 'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0ODz4LEpdELGQAad7aNEHbf-JkLPIpuiYRLQ3RtXatOYREu2FWke6CnJNYIbkuKNqOhw==', 1],
  ['far-future time', 'gAAAAAAdwStRAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAnja1xKYyhd-Y6mSkTOyTGJmw2Xc2a6kBd-iX9b_qXQcw==', 1],
  ['expired', 'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==', 91],
  ['incorrect iv', 'gAAAAAAdwJ6xBQECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAkLhFLHpGtDBRLRTZeUfWgHSv49TF2AUEZ1TIvcZjK1zQ==', 1],
];

for (const [name, text, secondsLater] of invalid) {
  test(`refuses the specification's invalid token: ${name}`, () => {
    assert.throws(() => open(text, { nowSeconds: madeAt + secondsLater, ttlSeconds: 60 }), InvalidTokenError);
  });
}

const shared = new URL('../../../../../shared/data/fernet/invalid.json', import.meta.url);
test('refuses every invalid token of a copy of the specification', { skip: existsSync(shared) ? false : 'no copy here' }, () => {
  // Guarantee: the file of the specification has this form.
  const vectors = JSON.parse(readFileSync(shared, 'utf8')) as { token: string; now: string; ttl_sec: number; secret: string }[];
  assert.ok(vectors.length > 0);
  for (const vector of vectors) {
    const age = { nowSeconds: Date.parse(vector.now) / 1000, ttlSeconds: vector.ttl_sec };
    assert.throws(() => decryptFernet([parseFernetKey(vector.secret)], vector.token, age), InvalidTokenError);
  }
});

test('a token is what was made and nothing like it', () => {
  const forms = [
    `${token}\n`, ` ${token}`, token + token, token.replace(/=+$/, ''), `${token}=`, token.replaceAll('_', '/').replaceAll('-', '+'),
    `${token.slice(0, 20)}\n${token.slice(20)}`, '', `${token.slice(0, 30)}*${token.slice(30)}`,
  ];
  for (const form of forms) assert.throws(() => open(form), InvalidTokenError, form);
  assert.equal(open(token), 'hello');
});

test('a token with any one bit turned is refused', () => {
  const bytes = Buffer.from(token, 'base64url');
  for (let index = 0; index < bytes.length; index += 1) {
    const turned = Buffer.from(bytes);
    turned.writeUInt8(turned.readUInt8(index) ^ 1, index);
    assert.throws(() => open(turned.toString('base64').replaceAll('+', '-').replaceAll('/', '_')), InvalidTokenError);
  }
});

test('an age that is exactly reached is still valid, one second more is not', () => {
  assert.equal(open(token, { nowSeconds: madeAt + 60, ttlSeconds: 60 }), 'hello');
  assert.throws(() => open(token, { nowSeconds: madeAt + 61, ttlSeconds: 60 }), InvalidTokenError);
});

test('a key is 32 bytes in URL-safe Base64, else the operator is told how to make one', () => {
  for (const text of ['', 'x', secret.slice(1), `${secret}\n`, secret.replaceAll('-', '+')]) assert.throws(() => parseFernetKey(text), /44 characters.*keys generate/);
  assert.doesNotThrow(() => parseFernetKey(generateFernetKey()));
});
