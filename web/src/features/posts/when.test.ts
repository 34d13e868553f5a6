import assert from 'node:assert/strict';
import { test } from 'node:test';

// The reader's English is read once, when the module loads.
Object.defineProperty(globalThis, 'navigator', { value: { languages: ['en-GB'] }, configurable: true });
const { choiceOf, occurrenceAt, resolveChoice, suggestTime } = await import('./when.ts');

const berlin = 'Europe/Berlin';
const now = Date.parse('2026-10-01T00:00:00Z');

test('a time becomes its instant in the zone', () => {
  const resolved = resolveChoice(choiceOf('2026-11-24T09:00'), berlin, now);
  assert.equal(resolved.at?.toISOString(), '2026-11-24T08:00:00.000Z');
  assert.equal(resolved.problem, null);
});

test('an hour that clocks jump over is refused, with the two nearest that exist', () => {
  const { at, problem, instead } = resolveChoice(choiceOf('2027-03-28T02:30'), berlin, now);
  assert.equal(at, null);
  assert.match(problem ?? '', /no 02:30 on that day: clocks go from 02:00 straight to 03:00/);
  assert.deepEqual(instead.map(({ wallTime }) => wallTime), ['2027-03-28T01:30', '2027-03-28T03:30']);
});

test('an hour that comes twice is asked for, and each answer is another instant', () => {
  const open = resolveChoice(choiceOf('2026-10-25T02:30'), berlin, now);
  assert.equal(open.at, null);
  assert.match(open.problem ?? '', /comes twice/);
  assert.deepEqual(open.occurrences.map(({ label }) => label.replace(/ \(.*/, '')), ['first 02:30', 'second 02:30']);
  const first = resolveChoice(choiceOf('2026-10-25T02:30', 'first'), berlin, now);
  const second = resolveChoice(choiceOf('2026-10-25T02:30', 'second'), berlin, now);
  assert.equal((second.at?.getTime() ?? 0) - (first.at?.getTime() ?? 0), 3_600_000);
  assert.equal(second.occurrences.length, 2);
});

test('an occurrence chosen for another day does no harm where the time comes once', () => {
  assert.equal(resolveChoice(choiceOf('2026-10-26T02:30', 'second'), berlin, now).at?.toISOString(), '2026-10-26T01:30:00.000Z');
});

test('a time that has passed, or is not complete, is refused', () => {
  assert.equal(resolveChoice(choiceOf('2026-09-24T09:00'), berlin, now).problem, 'That time has passed.');
  assert.equal(resolveChoice({ day: '2026-11-24', time: '', occurrence: null }, berlin, now).problem, 'Choose a day and a time.');
  assert.equal(resolveChoice(choiceOf('2026-02-30T09:00'), berlin, now).problem, 'There is no such day or time.');
});

test('which of two equal times an instant is can be told again', () => {
  assert.equal(occurrenceAt('2026-10-25T02:30', berlin, '2026-10-25T01:30:00.000Z'), 'second');
  assert.equal(occurrenceAt('2026-10-25T02:30', berlin, '2026-10-25T00:30:00.000Z'), 'first');
  assert.equal(occurrenceAt('2026-10-24T02:30', berlin, '2026-10-24T00:30:00.000Z'), null);
});

test('the suggestion is a full hour at least half an hour away', () => {
  assert.deepEqual(suggestTime(Date.parse('2026-11-24T08:20:00Z'), berlin), choiceOf('2026-11-24T10:00'));
  assert.deepEqual(suggestTime(Date.parse('2026-11-24T08:40:00Z'), berlin), choiceOf('2026-11-24T11:00'));
});
