import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account } from '@rookery/contract/accounts.ts';
import type { Post } from '@rookery/contract/posts.ts';
import type { Publishing } from '@rookery/contract/publishing.ts';

import { destinationsOf, findProblems, findSameText, forecastBudgets, forecastPrice, rulesOf, type Destination } from './destinations.ts';
import { customise, draftOf, withContent, type Draft } from './draft.ts';

const publishing: Publishing = {
  policy: 'once', text: { unit: 'weighted', lengthMax: 20, bytesMax: null, linkLength: 23, hashtagsMax: null, mentionsMax: null },
  videos: null,
  images: { countMax: 4, isRequired: false, types: ['image/png'], bytesMax: 1_000_000, ratioMin: null, ratioMax: null, altTextLengthMax: 1000 },
  threadPartsMax: 5, firstComment: false, deletes: true, refusesSameText: true, price: { post: 15_000, postWithLink: 200_000 },
};
const free: Publishing = { ...publishing, text: { ...publishing.text, unit: 'graphemes', lengthMax: 300, linkLength: null }, price: null, refusesSameText: false };

function account(id: string, network: string, state: Account['state'] = 'connected'): Account {
  return {
    id, network, networkName: network === 'bird' ? 'Bird' : 'Sky', simulated: true, handle: id, name: id, profileUrl: null, state, stateReason: null,
    scopesGranted: [], scopesMissing: [], tokenExpiresAt: null, connectedAt: '2026-01-01T00:00:00.000Z', listsFollowers: true, followers: null,
    followersAt: null, lastScan: null, nextSyncAt: null, limits: null, budgetMicros: null,
  };
}

function destination(id: string, network: string, rules: Publishing): Destination {
  return { account: account(id, network), publishing: rules, refusal: null, needsReconnect: false };
}

function draft(text: string, ...accountIds: string[]): Draft {
  return draftOf({ content: { parts: [{ text, media: [] }], firstComment: null }, targets: accountIds.map((accountId) => ({ accountId, content: null })), labels: [] });
}

const bird = destination('b1', 'bird', publishing);
const birdToo = destination('b2', 'bird', publishing);
const sky = destination('s1', 'sky', free);

test('an account that cannot be published to says why', () => {
  const found = destinationsOf(
    [account('a', 'bird'), account('b', 'bird', 'reconnect'), account('c', 'bird', 'import'), account('d', 'sky')],
    [{
      id: 'bird', name: 'Bird', authKind: 'oauth2', capabilities: [], scopes: [], available: true, simulated: true, missingSettings: [], limitation: null,
      appPassword: null, asksFor: null, exportGuide: null, publishing,
    }],
  );
  assert.deepEqual(found.map(({ refusal, needsReconnect }) => [refusal, needsReconnect]), [
    [null, false], ['Its access has ended: reconnect it first.', true], ['It is filled by imports and not connected.', false],
    ["Posts can't be published to Sky from here.", false],
  ]);
});

test('a problem of several accounts of a network is said once, and names whose words it is about', () => {
  const long = 'twenty-five characters ok';
  assert.equal(findProblems(draft(long, 's1'), [bird, birdToo, sky]).length, 0);
  const problems = findProblems(draft(long, 'b1', 'b2', 's1'), [bird, birdToo, sky]);
  assert.deepEqual(problems.map(({ accountId, part, networks }) => [accountId, part, networks]), [[null, 0, ['Bird']]]);
  const own = findProblems(customise(draft(long, 'b1', 'b2'), 'b2', true), [bird, birdToo]);
  assert.deepEqual(own.map(({ accountId }) => accountId), [null, 'b2']);
});

test('an image of a shape that a network refuses is a problem of that network, with the shape that would do', () => {
  const picky = destination('p1', 'sky', { ...free, images: { ...free.images, ratioMin: 0.8, ratioMax: 1.91 } });
  const drawn = draftOf({
    content: { parts: [{ text: 'Hello', media: [{ mediaId: 'tall', altText: '' }] }], firstComment: null },
    targets: [{ accountId: 'b1', content: null }, { accountId: 'p1', content: null }], labels: [],
  });
  assert.deepEqual(findProblems(drawn, [bird, picky]), []);
  const [problem, ...others] = findProblems(drawn, [bird, picky], new Map([['tall', { type: 'image/png', bytes: 1, width: 10, height: 30, video: null }]]));
  assert.deepEqual([problem?.networks, problem?.reshape, others.length], [['Sky'], { mediaId: 'tall', ratio: 0.8 }, 0]);
});

test('an account of a server with limits of its own is measured by them, and named where another server differs', () => {
  const limits: Account['limits'] = { textLengthMax: 5000, linkLength: null, imagesMax: null, postsPerDay: null, videoBytesMax: null, videoFrameRateMax: null, readAt: '2026-11-24T09:00:00.000Z' };
  const network = {
    id: 'sky', name: 'Sky', authKind: 'oauth2' as const, capabilities: [], scopes: [], available: true, simulated: true, missingSettings: [], limitation: null,
    appPassword: null, asksFor: null, exportGuide: null, publishing: free,
  };
  const found = destinationsOf([{ ...account('large', 'sky'), limits }, account('small', 'sky')], [network]);
  assert.deepEqual(rulesOf(found).map(({ name, rule }) => [name, rule.lengthMax]), [['Sky @large', 5000], ['Sky @small', 300]]);
  assert.deepEqual(rulesOf(found.slice(0, 1)).map(({ name }) => name), ['Sky']);
  const problems = findProblems(draft('a'.repeat(400), 'large', 'small'), found);
  assert.deepEqual(problems.map(({ networks, message }) => [networks, message]), [[['Sky @small'], 'Shorten the text by 100 characters: 300 characters at most.']]);
});

test('each network has its meter once', () => {
  assert.deepEqual(rulesOf([bird, birdToo, sky]).map(({ network }) => network), ['bird', 'sky']);
});

test('the price is that of every post of every account, and says when a link makes it', () => {
  assert.equal(forecastPrice(draft('hello', 's1'), [bird, sky]), null);
  assert.equal(forecastPrice(draft('hello', 'b1'), [bird]), 'About $0.015');
  assert.equal(forecastPrice(draft('https://example.org', 'b1'), [bird]), 'About $0.20, because of the link');
  assert.equal(forecastPrice(draft('https://example.org', 'b1', 'b2', 's1'), [bird, birdToo, sky]), 'About $0.40 for 2 posts, because of the links');
});

test('what is left of a budget counts what is planned, and a post that is changed does not count twice', () => {
  const month = { name: 'November', from: '2026-10-31T23:00:00.000Z', to: '2026-11-30T23:00:00.000Z' };
  const spending = { month, spending: [{ accountId: 'b1', budgetMicros: 5_000_000, spentMicros: 30_000, plannedMicros: 4_940_000 }, { accountId: 'b2', budgetMicros: null, spentMicros: 0, plannedMicros: 0 }] };
  const words = (text: string, saved: Post | null = null) =>
    forecastBudgets(draft(text, 'b1', 'b2', 's1'), [bird, birdToo, sky], { spending, saved }).map((one) => [one.words, one.isBeyond]);
  assert.deepEqual(words('hello'), [['@b1: about $0.015; $0.03 of the $5.00 for November is left after what is planned.', false]]);
  assert.equal(words('see https://example.org')[0]?.[1], true);
  const content = { parts: [{ text: 'https://example.org', media: [] }], firstComment: null };
  const target = {
    id: 't', accountId: 'b1', network: 'bird', networkName: 'Bird', handle: 'b1', simulated: true, state: 'scheduled' as const, content: null, dueAt: '2026-11-25T09:00:00.000Z',
    reason: null, partsPublished: 0, attempts: 0, publishedAt: null, url: null, isDeleting: false,
  };
  const saved: Post = {
    id: 'p', state: 'scheduled', content, labels: [], wallTime: '2026-11-25T10:00', zone: 'Europe/Berlin', dueAt: target.dueAt, targets: [target], authorName: 'A',
    createdAt: month.from, updatedAt: month.from, version: 1, series: null, approval: null,
  };
  assert.equal(words('see https://example.org', saved)[0]?.[1], false);
});

test('the same text on two accounts is noticed where the network forbids it, whatever the letter case', () => {
  const both = draft('Hello  there', 'b1', 'b2');
  assert.deepEqual(findSameText(both, [bird, birdToo]), ['Bird']);
  assert.deepEqual(findSameText(draft('Hello', 'b1', 's1'), [bird, sky]), []);
  const own = customise(both, 'b2', true);
  assert.deepEqual(findSameText(withContent(own, 'b2', draft('hello there').content), [bird, birdToo]), ['Bird']);
  assert.deepEqual(findSameText(withContent(own, 'b2', draft('other').content), [bird, birdToo]), []);
});
