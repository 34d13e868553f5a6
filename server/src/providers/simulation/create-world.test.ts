import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createManualClock, type ManualClock } from '../../platform/clock.ts';
import { createWorld, settleOrigin } from './create-world.ts';
import { spellHandle } from './names.ts';
import type { World, WorldOptions } from './world.ts';

const dayMs = 86_400_000;
const origin = new Date('2026-07-01T00:00:00Z');
const now = new Date('2026-10-29T10:00:00Z');
const account = { name: 'Someone', following: 1, posts: 1 };
const folder = mkdtempSync(join(tmpdir(), 'rookery-world-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function startWorld(clock: ManualClock, change: Partial<WorldOptions> = {}): World {
  return createWorld({
    clock,
    seed: 5,
    origin,
    stateFile: null,
    accounts: [
      { ...account, id: 'a1', handle: 'a1', followersAtOrigin: 2000, gainPerDayShare: 0.005, lossPerDayShare: 0.004 },
      { ...account, id: 'a2', handle: 'a2', followersAtOrigin: 150, gainPerDayShare: 0.01, lossPerDayShare: 0.005 },
    ],
    mintId: (index) => String(1000 + index),
    mintHandle: (name, index) => spellHandle(name, index, { separators: '_', lengthMax: 15 }),
    ...change,
  });
}

const idsOf = (world: World, account = 'a1'): string[] => world.followersOf(account).map((person) => person.id);

test('two worlds of one seed agree on everyone, whatever way the clock took', () => {
  const straight = startWorld(createManualClock(now));
  const clock = createManualClock(new Date('2026-06-01T00:00:00Z'));
  const stepped = startWorld(clock);
  assert.equal(stepped.followersOf('a1').length, 2000);
  for (let at = origin.getTime(); at < now.getTime(); at += 7 * 3_600_000) {
    clock.set(new Date(at));
    stepped.followersOf('a2');
  }
  clock.set(now);
  assert.deepEqual(stepped.followersOf('a1'), straight.followersOf('a1'));
  assert.deepEqual(stepped.followersOf('a2'), straight.followersOf('a2'));
  assert.notDeepEqual(startWorld(createManualClock(now), { seed: 6 }).followersOf('a1'), straight.followersOf('a1'));
});

test('a clock set back shows the list of that time again', () => {
  const clock = createManualClock(now);
  const world = startWorld(clock);
  const then = world.followersOf('a1');
  clock.advance(40 * dayMs);
  assert.notDeepEqual(idsOf(world), then.map((person) => person.id));
  clock.set(now);
  assert.deepEqual(world.followersOf('a1'), then);
});

test('the graph brings newcomers, leavers, returners, hidden people and new handles', () => {
  const clock = createManualClock(origin);
  const world = startWorld(clock);
  const everSeen = new Map<string, string>();
  const gone = new Set<string>();
  const found = { newcomers: 0, leavers: 0, returners: 0, suspended: 0, deactivated: 0, renamed: 0 };
  let before = new Set(idsOf(world));
  for (const person of world.followersOf('a1')) everSeen.set(person.id, person.handle);
  for (let day = 0; day < 120; day += 1) {
    clock.advance(dayMs);
    const people = world.followersOf('a1');
    const today = new Set(people.map((person) => person.id));
    for (const person of people) {
      if (!before.has(person.id)) found[gone.has(person.id) ? 'returners' : 'newcomers'] += 1;
      if ((everSeen.get(person.id) ?? person.handle) !== person.handle) found.renamed += 1;
      everSeen.set(person.id, person.handle);
    }
    for (const id of before) {
      if (today.has(id)) continue;
      gone.add(id);
      const state = world.person(id)?.state ?? 'active';
      found[state === 'active' ? 'leavers' : state] += 1;
    }
    before = today;
  }
  for (const [kind, count] of Object.entries(found)) assert.ok(count > 0, `${kind} never happened`);
  assert.ok(found.newcomers > found.returners && found.leavers > found.suspended);
});

test('some days stand out, and weekends are quieter than weekdays', () => {
  const world = startWorld(createManualClock(new Date(origin.getTime() + 360 * dayMs)), {
    accounts: [{ ...account, id: 'a1', handle: 'a1', followersAtOrigin: 4000, gainPerDayShare: 0.005, lossPerDayShare: 0.005 }],
  });
  const gains = Array.from({ length: 357 }, (_, day) => {
    const from = new Date(origin.getTime() + day * dayMs);
    return { weekday: from.getUTCDay(), gained: world.changesBetween('a1', from, new Date(from.getTime() + dayMs)).gained };
  });
  const median = (list: number[]): number => list.sort((one, other) => one - other)[Math.floor(list.length / 2)] ?? 0;
  const weekend = gains.filter(({ weekday }) => weekday === 0 || weekday === 6);
  const usual = median(gains.map(({ gained }) => gained));
  assert.ok(Math.max(...gains.map(({ gained }) => gained)) > 3 * usual);
  assert.ok(median(weekend.map(({ gained }) => gained)) < usual);
});

test('ids, handles and keys are unique, keys fall, handles keep to the length', () => {
  const world = startWorld(createManualClock(now));
  const edges = world.edgesOf('a1');
  assert.equal(new Set(edges.map((edge) => edge.person.id)).size, edges.length);
  assert.equal(new Set(edges.map((edge) => edge.person.handle)).size, edges.length);
  assert.ok(edges.every((edge, position) => position === 0 || edge.key < (edges[position - 1]?.key ?? 0)));
  assert.ok(edges.every((edge) => /^[a-z0-9_]{1,15}$/.test(edge.person.handle)));
  assert.ok(new Set(edges.map((edge) => edge.person.name)).size > 1000);
});

test('changes by hand hold at once, survive a restart and leave the rest of the graph alone', () => {
  const stateFile = join(folder, 'hand.json');
  const clock = createManualClock(now);
  const first = startWorld(clock, { stateFile });
  const before = idsOf(first);
  const added = first.follow('a1');
  assert.equal(idsOf(first)[0], added.id);
  const [, leaver = '', suspended = '', renamed = ''] = idsOf(first);
  first.unfollow('a1', leaver);
  first.setState(suspended, 'suspended');
  first.rename(renamed, 'a_new_name');
  assert.deepEqual(idsOf(first), [added.id, ...before.filter((id) => id !== leaver && id !== suspended)]);

  const second = startWorld(clock, { stateFile });
  assert.deepEqual(second.followersOf('a1'), first.followersOf('a1'));
  assert.equal(second.person(suspended)?.state, 'suspended');
  assert.equal(second.personByHandle('a_new_name')?.id, renamed);
  second.follow('a1', leaver);
  assert.equal(idsOf(second)[0], leaver);

  clock.advance(30 * dayMs);
  const untouched = startWorld(clock);
  const touchedByHand = new Set([added.id, leaver, suspended]);
  const others = (world: World): string[] => idsOf(world).filter((id) => !touchedByHand.has(id));
  assert.deepEqual(others(second), others(untouched));
});

test('repeating a change by hand does nothing, and unknown people or accounts are refused', () => {
  const world = startWorld(createManualClock(now));
  const [someone = ''] = idsOf(world);
  const before = idsOf(world);
  world.follow('a1', someone);
  assert.deepEqual(idsOf(world), before);
  assert.throws(() => world.unfollow('a1', 'nobody'), /no person nobody/);
  assert.throws(() => world.follow('nowhere', someone), /no account nowhere/);
  assert.throws(() => world.followersOf('nowhere'), /no account nowhere/);
});

test('a frozen graph stands still until it is let go, also over a restart', () => {
  const stateFile = join(folder, 'frozen.json');
  const clock = createManualClock(now);
  const world = startWorld(clock, { stateFile });
  world.freeze(true);
  const before = idsOf(world);
  clock.advance(20 * dayMs);
  assert.deepEqual(idsOf(world), before);
  assert.deepEqual(idsOf(startWorld(clock, { stateFile })), before);
  world.freeze(false);
  assert.deepEqual(idsOf(world), idsOf(startWorld(clock)));
});

test('the counted changes explain the difference of the lists', () => {
  const clock = createManualClock(origin);
  const world = startWorld(clock);
  const start = world.followersOf('a2').length;
  clock.set(now);
  const { gained, lost } = world.changesBetween('a2', origin, now);
  const hidden = Array.from({ length: 5000 }, (_, index) => world.person(String(1000 + index))).filter(
    (person) => person !== null && person.state !== 'active',
  ).length;
  const difference = start + gained - lost - world.followersOf('a2').length;
  assert.ok(difference >= 0 && difference <= hidden, `${difference} unexplained, ${hidden} hidden`);
});

test('the state file keeps the origin, refuses another seed and damaged content, and is written in one step', () => {
  const stateFile = join(folder, 'origin.json');
  const clock = createManualClock(now);
  const settled = settleOrigin({ clock, stateFile });
  assert.equal(settled.toISOString(), '2026-07-01T00:00:00.000Z');
  startWorld(clock, { stateFile, origin: settled });
  clock.advance(10 * dayMs);
  assert.equal(settleOrigin({ clock, stateFile }).toISOString(), '2026-07-01T00:00:00.000Z');
  assert.throws(() => startWorld(clock, { stateFile, seed: 99, origin: settled }), /seed 5/);
  assert.deepEqual(readdirSync(folder).filter((name) => name.endsWith('.tmp')), []);
  writeFileSync(stateFile, JSON.stringify({ ...JSON.parse(readFileSync(stateFile, 'utf8')), world: { seed: 'x' } }));
  assert.throws(() => startWorld(clock, { stateFile, origin: settled }), /damaged/);
});
