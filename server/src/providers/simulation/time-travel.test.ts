// What a simulated network shows to those who ask for an earlier time, and to everybody else meanwhile.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '../../platform/clock.ts';
import { createFaults } from './faults.ts';
import { listenSimulator } from './listen.ts';
import { jsonReply } from './request.ts';
import { createTravellingClock, createTravellingFetch } from './time-travel.ts';

test('each request is answered at the time that it asks for, never in the future, and others at the present', async (context) => {
  const clock = createTravellingClock(createManualClock(new Date('2026-11-24T12:00:00Z')));
  const answer = () => jsonReply(200, { now: clock.now() });
  const listening = await listenSimulator({
    port: 0, faults: createFaults({ expireTokens: () => undefined, revokeGrants: () => undefined }),
    routes: [
      { name: 'now', method: 'GET', path: '/now', handle: answer },
      { name: 'later', method: 'POST', path: '/later', handle: async (request) => jsonReply(200, { now: clock.now(), got: request.body.toString(), by: request.headers['x-by'] }) },
    ],
    errors: { failure: (status) => jsonReply(status, {}), rateLimit: () => jsonReply(429, {}) },
  });
  context.after(() => listening.close());
  const past = createManualClock(new Date('2026-09-01T08:00:00Z'));
  const travel = createTravellingFetch(fetch, past);
  const now = async (send: typeof fetch, headers: Record<string, string> = {}): Promise<unknown> => (await send(`${listening.origin}/now`, { headers })).json();
  assert.deepEqual(await Promise.all([now(travel), now(fetch), now(travel)]), [{ now: '2026-09-01T08:00:00.000Z' }, { now: '2026-11-24T12:00:00.000Z' }, { now: '2026-09-01T08:00:00.000Z' }]);
  past.set(new Date('2027-01-01T00:00:00Z'));
  assert.deepEqual(await now(travel), { now: '2026-11-24T12:00:00.000Z' });
  assert.deepEqual(await now(fetch, { 'x-simulated-now': 'yesterday' }), { now: '2026-11-24T12:00:00.000Z' });
  past.set(new Date('2026-10-01T00:00:00Z'));
  const expected = { now: '2026-10-01T00:00:00.000Z', got: 'words', by: 'me' };
  const whole = new Request(`${listening.origin}/later`, { method: 'POST', body: 'words', headers: { 'x-by': 'me' } });
  assert.deepEqual(await (await travel(whole)).json(), expected);
  const body = new Blob(['words']).stream();
  const streamed = await travel(`${listening.origin}/later`, { method: 'POST', body, duplex: 'half', headers: { 'x-by': 'me', 'content-length': '5' } });
  assert.deepEqual(await streamed.json(), expected);
});
