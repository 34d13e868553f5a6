import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { JoseKey } from '@atproto/oauth-client-node';
import { createProofChecker, type ProofOutcome } from './simulator-dpop.ts';

const expected = { method: 'GET', url: 'http://127.0.0.1:9/xrpc/a.b', accessToken: 'token' };
const ath = createHash('sha256').update('token').digest('base64url');

function describe(outcome: ProofOutcome): string {
  return outcome.isValid ? 'valid' : `${outcome.error}: ${outcome.description}`;
}

test('a proof holds only for its key, request, token, time and nonce', async () => {
  const checker = createProofChecker();
  const key = await JoseKey.generate(['ES256']);
  const jwk = key.bareJwk;
  assert.ok(jwk);
  let proofs = 0;
  const makeProof = async (change: Readonly<Record<string, unknown>>): Promise<string> => {
    proofs += 1;
    const iat = Math.floor(Date.now() / 1000);
    const claims = { htm: 'GET', htu: expected.url, iat, jti: `proof-${proofs}`, ath, nonce: checker.currentNonce(), ...change };
    return await key.createJwt({ alg: 'ES256', typ: 'dpop+jwt', jwk }, claims);
  };
  const check = async (change: Readonly<Record<string, unknown>>): Promise<string> =>
    describe(checker.checkProof(await makeProof(change), expected));

  assert.equal(await check({}), 'valid');
  assert.match(await check({ ath: 'x' }), /^invalid_dpop_proof: .*"ath"/);
  assert.match(await check({ ath: undefined }), /^invalid_dpop_proof: .*"ath"/);
  assert.match(await check({ htm: 'POST' }), /^invalid_dpop_proof: .*"htm"/);
  assert.match(await check({ htu: `${expected.url}?q=1` }), /^invalid_dpop_proof: .*"htu"/);
  assert.match(await check({ iat: Math.floor(Date.now() / 1000) - 3600 }), /^invalid_dpop_proof: .*"iat"/);
  assert.match(await check({ jti: undefined }), /^invalid_dpop_proof: .*"jti"/);
  assert.match(await check({ nonce: undefined }), /^use_dpop_nonce/);
  assert.match(await check({ nonce: 'old' }), /^use_dpop_nonce/);
  assert.equal(describe(checker.checkProof(undefined, expected)), 'invalid_dpop_proof: DPoP proof required');
});

test('a proof that another key signed is refused', async () => {
  const checker = createProofChecker();
  const shown = (await JoseKey.generate(['ES256'])).bareJwk;
  const signer = await JoseKey.generate(['ES256']);
  assert.ok(shown);
  const iat = Math.floor(Date.now() / 1000);
  const claims = { htm: 'GET', htu: expected.url, iat, jti: 'one', ath, nonce: checker.currentNonce() };
  const [, payload, signature] = (await signer.createJwt({ alg: 'ES256', typ: 'dpop+jwt' }, claims)).split('.');
  const header = Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'dpop+jwt', jwk: shown })).toString('base64url');
  const outcome = checker.checkProof(`${header}.${payload}.${signature}`, expected);
  assert.equal(describe(outcome), 'invalid_dpop_proof: DPoP signature verification failed');
});
