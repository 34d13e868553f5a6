import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RichText } from '@atproto/api';
import { findFacets, readFacets, type Facet } from './facets.ts';

const resolve = (handle: string): Promise<string | null> => Promise.resolve(handle.startsWith('nobody') ? null : `did:web:${handle}`);

/** What Bluesky's own library finds, with the same handles resolved. */
async function findByLibrary(text: string): Promise<readonly Facet[]> {
  const rich = new RichText({ text });
  rich.detectFacetsWithoutResolution();
  const facets: Facet[] = [];
  for (const { index, features } of rich.facets ?? []) {
    const kept: Record<string, unknown>[] = [];
    for (const feature of features) {
      const plain: Record<string, unknown> = { ...feature };
      const handle = String(plain['did']).toLowerCase();
      const did = plain['$type'] === 'app.bsky.richtext.facet#mention' ? await resolve(handle) : undefined;
      if (did !== null) kept.push(did === undefined ? plain : { ...plain, did });
    }
    if (kept.length > 0) facets.push({ index: { byteStart: index.byteStart, byteEnd: index.byteEnd }, features: kept });
  }
  return facets.toSorted((one, other) => one.index.byteStart - other.index.byteStart);
}

test('links, tags and mentions are the ones that the apps of Bluesky mark', async () => {
  const texts = [
    '', 'plain words, no more', 'no mail: me@example.com, no path: a/b.c', '@ann.bsky.social',
    'hi @Ann.bsky.social, hi (@bob.example.org) hi @nobody.example.com.',
    '@ann', 'x@ann.bsky.social', '@ann.bsky.social’s', '@a-b.example.com!', 'https://example.com', 'see https://example.com/a?b=1&c=2#d.',
    '(https://example.com/a_(b)) (https://example.com/a) https://example.com/?!', 'http://example.com/é/ü', 'example.com',
    'see example.org/path?x=1, or sub.example.co.uk', 'a.b file.txt readme.md v1.2.3',
    '#one #two_three, #vier! #1 #2nd #Zoë’s #🎈 # #', 'x#no (#no) #a#b',
    '＃全角 #東京 #тест.', '🎈🎈 #bay 👩‍👩‍👧‍👦 https://example.com/🎈 @ann.bsky.social', 'line\n#tag\nhttps://example.com/b\n@bob.example.org',
    `#${'x'.repeat(64)} #${'y'.repeat(65)}`, 'https://example.com/#frag #tag', 'https://a.example.com,https://b.example.com',
  ];
  for (const text of texts) assert.deepEqual(await findFacets(text, resolve), await findByLibrary(text), text);
});

test('capital letters, which those apps trip over, are marked as well', async () => {
  const features = (await findFacets('@Ann.Bsky.Social HTTPS://EXAMPLE.COM/X', resolve)).flatMap((facet) => facet.features);
  assert.deepEqual(features.map(({ did, uri }) => did ?? uri), ['did:web:ann.bsky.social', 'https://EXAMPLE.COM/X']);
});

test('what is kept for the next attempt is read as it was', async () => {
  const facets = await findFacets('Grüße @ann.bsky.social #bay', resolve);
  assert.equal(facets.length, 2);
  assert.deepEqual(readFacets(JSON.stringify(facets)), facets);
  assert.deepEqual([readFacets(undefined), readFacets(''), readFacets('[]')], [null, null, []]);
});
