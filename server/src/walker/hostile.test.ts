// Sends every operation of the contract what its schemas forbid, and what they allow and nobody expects.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changePassword } from '@rookery/contract/auth.ts';
import { allEndpoints } from '@rookery/contract/api.ts';
import type { Endpoint } from '@rookery/contract/endpoint.ts';
import { getHealth } from '@rookery/contract/status.ts';
import { isPart } from '../platform/http/validation.ts';
import { startWalkedApp } from './app-fixture.ts';
import { findFaults } from './refusal-fixture.ts';
import { makeCall, placesOf, toRequest, type Call } from './request-fixture.ts';
import { sendCall } from './stream-fixture.ts';
import { firstMark } from './team-fixture.ts';
import { fillTenant } from './tenant-fixture.ts';
import { trialsOf, type Trial } from './trial-fixture.ts';
import { openVisitor, type Visitor } from './visitor-fixture.ts';

const atOnce = 8;
/** Of what is allowed: hashing a password is slow by intent, an image is re-encoded, and a network counts the tries. */
const costly: Readonly<Record<string, number>> = { signUp: 12, signIn: 12, changePassword: 12, connectWithPassword: 12, uploadMedia: 12 };
const walked = await startWalkedApp();
const { origin } = walked;
const tenant = await fillTenant(walked, firstMark, { x: 'tidewatercoop', instagram: 'mirela.vance', bluesky: 'maraholt.bsky.social' });
const stranger = await openVisitor(origin);

/** A call that works, but for one that would end the session of whoever sends the next. */
function baseOf(endpoint: Endpoint): Call & { readonly as: Visitor } {
  const call = makeCall(endpoint, tenant, stranger);
  return endpoint.id === changePassword.id ? { ...call, body: { currentPassword: 'not my password at all', newPassword: 'amber kettle sings at noon' } } : call;
}

async function tryOut(endpoint: Endpoint, as: Visitor, trial: Trial): Promise<string[]> {
  // Who is signed in by one trial would be somebody else in the next.
  const visitor = endpoint.access === 'public' ? await openVisitor(origin) : as;
  const reply = await sendCall(origin, endpoint, visitor, trial.request);
  return findFaults(trial, reply).map((fault) => `${endpoint.id} ${trial.what.slice(0, 120)} ${fault}`);
}

/** A cursor that the endpoint hands out itself, where it has pages. */
async function readCursors(endpoint: Endpoint, call: Call & { readonly as: Visitor }): Promise<string[]> {
  const names = placesOf(endpoint).filter(({ where }) => where === 'query').map(({ name }) => name);
  if (!names.includes('cursor')) return [];
  const { body } = await sendCall(origin, endpoint, call.as, toRequest(endpoint, { ...call, query: { ...call.query, limit: 1 } }));
  const next = isPart(body) ? body['nextCursor'] : null;
  assert.ok(typeof next === 'string', `${endpoint.id} has no second page: fill more in walker/tenant-fixture.ts. ${JSON.stringify(body)}`);
  return [next];
}

/** All that is refused before it costs anything, and of the rest as many as can be afforded, evenly taken. */
function affordable({ id }: Endpoint, trials: readonly Trial[]): readonly Trial[] {
  const allowed = trials.filter(({ isRefused }) => !isRefused);
  const step = Math.ceil(allowed.length / (costly[id] ?? allowed.length));
  const chosen = new Set(allowed.filter((_trial, index) => index % step === 0));
  return trials.filter((trial) => trial.isRefused || chosen.has(trial));
}

for (const endpoint of allEndpoints) {
  test(`${endpoint.id} refuses what its schemas do not allow, in words, and takes or refuses the rest without harm`, async () => {
    const call = baseOf(endpoint);
    const trials = affordable(endpoint, trialsOf(endpoint, call, await readCursors(endpoint, call)));
    assert.ok(trials.length >= 10);
    const faults: string[] = [];
    const errorsBefore = walked.errors.length;
    for (let at = 0; at < trials.length; at += atOnce) {
      const found = await Promise.all(trials.slice(at, at + atOnce).map((trial) => tryOut(endpoint, call.as, trial)));
      faults.push(...found.flat());
    }
    assert.equal(faults.length, 0, faults.slice(0, 20).join('\n'));
    assert.deepEqual(walked.errors.slice(errorsBefore), []);
    await stranger.browser.ok(getHealth);
  });
}

test('the judge finds an answer that fails, takes what is forbidden, tells of its insides, says nothing, leads away or changes a text', () => {
  const requestId = 'r-1';
  const problem = { type: 't', title: 'Some fields need your attention', status: 422, code: 'invalid-input', request_id: requestId, detail: '/name: This can not be empty.' };
  const fields = [{ pointer: '/name', code: 'minLength', message: 'This can not be empty.' }];
  const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
    status, body, bytes: Buffer.from(JSON.stringify(body)),
    headers: { 'content-type': 'application/problem+json; charset=utf-8', 'x-content-type-options': 'nosniff', 'x-request-id': requestId, ...headers },
  });
  const refused: Trial = { what: '', request: { path: '/' }, isRefused: true };
  const taken: Trial = { ...refused, isRefused: false, text: { name: 'name', value: ' <b> ' } };
  assert.deepEqual(findFaults(refused, answer(422, { ...problem, errors: fields })), []);
  assert.deepEqual(findFaults(taken, answer(200, { item: { name: '<b>' } })), []);
  const faulty: readonly [Trial, ReturnType<typeof answer>, RegExp][] = [
    [taken, answer(500, problem), /answered 500/],
    [refused, answer(200, {}), /was taken/],
    [refused, answer(422, problem), /names no field/],
    [refused, answer(422, { ...problem, errors: fields, detail: undefined }), /does not say what to do/],
    [refused, answer(422, { ...problem, errors: fields, code: 'FST_ERR' }), /no code of the contract/],
    [refused, answer(422, { ...problem, errors: fields, request_id: 'another' }), /no request id/],
    [refused, answer(422, { ...problem, errors: fields, detail: 'Error at run (/srv/app.ts:12:3)' }), /insides/],
    [refused, answer(422, { ...problem, errors: fields }, { 'content-type': 'application/json' }), /other headers/],
    [taken, answer(303, {}, { location: '//evil.example' }), /leads elsewhere/],
    [taken, answer(200, { name: '&lt;b&gt;' }), /changed the text/],
  ];
  for (const [trial, reply, fault] of faulty) assert.match(findFaults(trial, reply).join(), fault);
});
