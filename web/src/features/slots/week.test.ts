import assert from 'node:assert/strict';
import { test } from 'node:test';

// The reader's English is read once, when the module loads.
Object.defineProperty(globalThis, 'navigator', { value: { languages: ['en-GB'] }, configurable: true });
const { addTime, nameDay, presets, weekFrom, withoutSlot } = await import('./week.ts');

const monday = { weekday: 1, time: '09:00' };

test('a time is added on the days that do not have it, in order of the week, and the words say on how many', () => {
  assert.deepEqual(addTime([monday], [3, 1], '09:00'), { slots: [monday, { weekday: 3, time: '09:00' }], words: '1 slot added' });
  assert.deepEqual(addTime([monday], [1], '08:05').slots, [{ weekday: 1, time: '08:05' }, monday]);
});

test('nothing changes without a day or a time, for a time that is there, and beyond what an account can have', () => {
  assert.deepEqual(addTime([monday], [], '09:00'), { slots: null, words: 'Choose at least one day.' });
  assert.deepEqual(addTime([monday], [1], ''), { slots: null, words: 'Choose a time.' });
  assert.deepEqual(addTime([monday], [1], '09:00'), { slots: null, words: '09:00 is there already on this day.' });
  const full = Array.from({ length: 70 }, (_, index) => ({ weekday: index % 7 + 1, time: `${String(10 + Math.floor(index / 7))}:00` }));
  assert.match(addTime(full, [1], '23:00').words, /70 slots a week/);
});

test('one slot is taken away, and no other', () => {
  assert.deepEqual(withoutSlot([monday, { weekday: 2, time: '09:00' }], monday), [{ weekday: 2, time: '09:00' }]);
});

test('a week begins where its reader begins it, and days have their names', () => {
  assert.deepEqual(weekFrom(7), [7, 1, 2, 3, 4, 5, 6]);
  assert.deepEqual(weekFrom(1).map((weekday) => nameDay(weekday)), ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']);
});

test('each preset is a week without doubles', () => {
  for (const { slots } of presets) assert.equal(new Set(slots.map(({ weekday, time }) => `${weekday} ${time}`)).size, slots.length);
  assert.equal(presets[0]?.label, 'Weekdays at 09:00 and 17:00');
});
