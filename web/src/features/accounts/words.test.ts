import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Account, Scan } from '@rookery/contract/accounts.ts';

import { connectProblems } from './search.ts';
import { describeEvidence, describeReceived, describeUse, healthOf, problemWords, scanStateOf, showHandle, readDollars } from './words.ts';

const at = '2026-11-24T09:00:00.000Z';

const scan: Scan = {
  id: '0190a000-0000-7000-8000-000000000001', accountId: '0190a000-0000-7000-8000-000000000002', kind: 'full', state: 'complete',
  startedAt: at, finishedAt: at, stated: 24320, received: 24318, pages: 25, cursorClosed: true, gained: 12, lost: 4,
  followers: 24318, reason: null,
};

const account: Account = {
  id: scan.accountId, network: 'x', networkName: 'X', simulated: false, handle: 'ada', name: 'Ada', profileUrl: null, state: 'connected',
  stateReason: null, scopesGranted: [], scopesMissing: [], tokenExpiresAt: null, connectedAt: at, listsFollowers: true, followers: 24318,
  followersAt: at, lastScan: scan, nextSyncAt: at, limits: null, budgetMicros: null,
};

test('a refused token outweighs an old scan that went well', () => {
  assert.equal(healthOf(account).word, 'Healthy');
  assert.equal(healthOf({ ...account, state: 'reconnect' }).word, 'Reconnect');
});

test('an account with a failed or held scan is never called healthy', () => {
  for (const state of ['failed', 'held', 'running'] as const) {
    assert.notEqual(healthOf({ ...account, lastScan: { ...scan, state } }).word, 'Healthy');
  }
});

test('each state of a scan has its own word, and no two share word and shape', () => {
  const all = ['running', 'complete', 'partial', 'held', 'discarded', 'failed'] as const;
  const states = all.map((state) => scanStateOf({ ...scan, state }));
  assert.equal(new Set(states.map(({ word }) => word)).size, states.length);
  assert.equal(new Set(states.map(({ shape, tone }) => `${shape} ${tone}`)).size, states.length);
});

test('what is said of the access follows what the network lets us do', () => {
  assert.match(describeUse({ capabilities: ['profile', 'followers'] }), /read only/);
  assert.match(describeUse({ capabilities: ['publish'] }), /publish/);
  assert.doesNotMatch(describeUse({ capabilities: ['publish'] }), /read only|delete/);
  assert.match(describeUse({ capabilities: ['publish', 'delete-post'] }), /delete/);
});

test('a count that the network does not state is left out, not shown as zero', () => {
  assert.match(describeReceived(scan), / of /);
  assert.doesNotMatch(describeReceived({ ...scan, stated: null }), / of /);
});

test('the evidence of a held scan says whether the end of the list was seen', () => {
  assert.match(describeEvidence(scan).join(' '), /read to its end/);
  assert.match(describeEvidence({ ...scan, cursorClosed: false }).join(' '), /no clear end/);
});

test('the evidence of a held scan says how many would be recorded as gone', () => {
  assert.match(describeEvidence({ ...scan, state: 'held', lost: 4100 }).join(' '), /4,100 people as gone/);
});

test('every problem of the callback has words', () => {
  for (const problem of connectProblems) assert.ok(problemWords[problem]('X').length > 20, problem);
});

test('a handle gets one at sign, however it was stored', () => {
  assert.equal(showHandle('@ada'), '@ada');
  assert.equal(showHandle('ada@example.social'), '@ada@example.social');
});

test('amounts are read as people type them, and nothing else is taken for one', () => {
  assert.deepEqual(['5', '$12.50', '0', '4,5', '1000000'].map(readDollars), [5_000_000, 12_500_000, 0, 4_500_000, 1_000_000_000_000]);
  assert.deepEqual(['', 'five', '-1', '1.234', '1e3', '1000001', '1.000,50'].map(readDollars), [null, null, null, null, null, null, null]);
});
