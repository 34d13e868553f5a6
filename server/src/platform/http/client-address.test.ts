import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalizeAddress, readProxyList } from './client-address.ts';
import { echo } from './fixture-endpoints.ts';
import { startTestServer } from './fixture.ts';

test('an address has one spelling', () => {
  assert.equal(normalizeAddress('::ffff:1.2.3.4'), '1.2.3.4');
  assert.equal(normalizeAddress('::FFFF:102:304'), '1.2.3.4');
  assert.equal(normalizeAddress('2001:DB8:0:0::1'), '2001:db8::1');
  assert.equal(normalizeAddress('fe80::1%eth0'), 'fe80::1');
  for (const wrong of ['', 'unknown', '1.2.3', '1.2.3.4:80', '[::1]', '_hidden']) assert.equal(normalizeAddress(wrong), null, wrong);
});

test('a proxy list names what it can not read', () => {
  for (const wrong of ['localhost', '10.0.0.0/33', '10.0.0.0/8/8', '::/129', '', '10.0.0.0/'])
    assert.throws(() => readProxyList([wrong]), /neither an address/, wrong);
});

const cases: { proxies: string[]; forwarded: string | undefined; ip: string; says: string }[] = [
  { proxies: [], forwarded: '9.9.9.9', ip: '127.0.0.1', says: 'an untrusted peer claims nothing' },
  { proxies: ['127.0.0.1'], forwarded: '9.9.9.9', ip: '9.9.9.9', says: 'a trusted proxy names its client' },
  { proxies: ['127.0.0.0/8'], forwarded: '6.6.6.6, 9.9.9.9', ip: '9.9.9.9', says: 'what the client itself claimed is not read' },
  { proxies: ['127.0.0.1', '10.0.0.0/8'], forwarded: '9.9.9.9, 10.1.2.3', ip: '9.9.9.9', says: 'a chain of trusted proxies is followed' },
  { proxies: ['127.0.0.1'], forwarded: '9.9.9.9, junk', ip: '127.0.0.1', says: 'junk ends the chain at the last known hop' },
  { proxies: ['127.0.0.1'], forwarded: '2001:DB8:0::1', ip: '2001:db8::1', says: 'IPv6 is normalised' },
  { proxies: ['127.0.0.1'], forwarded: undefined, ip: '127.0.0.1', says: 'no header, no claim' },
];

for (const { proxies, forwarded, ip, says } of cases) {
  test(`client address: ${says}`, async (t) => {
    const { browser } = await startTestServer(t, { trustedProxies: proxies });
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    assert.equal((await browser.ok(echo, { headers })).ip, ip);
  });
}
