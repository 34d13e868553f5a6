import { createPeople, type People } from './people.ts';
import { createRandom, type Random } from './random.ts';
import type { SimulatedPerson, WorldOptions } from './world.ts';

export const dayMilliseconds = 86_400_000;

export interface SeededRow {
  readonly index: number;
  readonly key: number;
  isGone: boolean;
}

interface Line {
  readonly account: WorldOptions['accounts'][number];
  /** Oldest first; rows of leavers stay, marked, until they are many. */
  rows: SeededRow[];
  readonly byPerson: Map<number, SeededRow>;
  readonly leavers: { readonly index: number; readonly day: number }[];
  readonly gainedByDay: number[];
  readonly lostByDay: number[];
  lastKey: number;
}

type Happening =
  | { readonly kind: 'gain' | 'loss'; readonly at: number; readonly line: Line; readonly index: number }
  | { readonly kind: 'state'; readonly at: number; readonly index: number; readonly state: SimulatedPerson['state'] }
  | { readonly kind: 'rename'; readonly at: number; readonly index: number };

/** What the seed makes of the graph, day by day. A day is planned when it begins, from the lists as they are then. */
export interface Timeline {
  readonly people: People;
  /** Moves on to this instant; answers whether anything changed. Going back starts again from the origin. */
  moveTo(at: number): boolean;
  /** Oldest first, with marked rows among them. */
  rowsOf(accountId: string): readonly SeededRow[];
  isFollowing(accountId: string, index: number): boolean;
  tally(accountId: string, day: number): { readonly gained: number; readonly lost: number };
}

interface Story {
  people: People;
  lines: Map<string, Line>;
  /** The day under way, -1 before the origin. */
  day: number;
  plan: readonly Happening[];
  done: number;
  lastAt: number;
  /** People who come back into view on a later day. */
  comebacks: Map<number, number[]>;
}

// Sunday to Saturday: fewer people look at their networks at the weekend.
const weekdayFactor = [0.82, 1.06, 1.12, 1.1, 1.04, 0.98, 0.88];
const suspensionsPerDay = 0.00012;
const deactivationsPerDay = 0.00018;
const renamesPerDay = 0.0004;

export function createTimeline(options: WorldOptions): Timeline {
  let story = begin(options);
  const lineOf = (accountId: string): Line => {
    const line = story.lines.get(accountId);
    if (line === undefined) throw new Error(`This world has no account ${accountId}.`);
    return line;
  };
  return {
    get people() {
      return story.people;
    },
    moveTo: (at) => {
      const isBack = at < story.lastAt;
      if (isBack) story = begin(options);
      return moveOn(options, story, at) || isBack;
    },
    rowsOf: (accountId) => lineOf(accountId).rows,
    isFollowing: (accountId, index) => lineOf(accountId).byPerson.has(index),
    tally: (accountId, day) => ({ gained: lineOf(accountId).gainedByDay[day] ?? 0, lost: lineOf(accountId).lostByDay[day] ?? 0 }),
  };
}

function begin(options: WorldOptions): Story {
  const people = createPeople(options);
  const lines = new Map<string, Line>();
  for (const account of options.accounts) {
    const line: Line = { account, rows: [], byPerson: new Map(), leavers: [], gainedByDay: [], lostByDay: [], lastKey: 0 };
    line.lastKey = options.origin.getTime() * 1000 - account.followersAtOrigin - 1;
    for (let n = 0; n < account.followersAtOrigin; n += 1) addRow(line, people.add(), 0);
    lines.set(account.id, line);
  }
  return { people, lines, day: -1, plan: [], done: 0, lastAt: -Infinity, comebacks: new Map() };
}

function addRow(line: Line, index: number, at: number): void {
  const key = Math.max(at * 1000, line.lastKey + 1);
  line.lastKey = key;
  const row = { index, key, isGone: false };
  line.rows.push(row);
  line.byPerson.set(index, row);
}

function moveOn(options: WorldOptions, story: Story, to: number): boolean {
  let isChanged = false;
  for (;;) {
    for (let next = story.plan[story.done]; next !== undefined && next.at <= to; next = story.plan[story.done]) {
      happen(story, next);
      story.done += 1;
      story.lastAt = next.at;
      isChanged = true;
    }
    const nextStart = options.origin.getTime() + (story.day + 1) * dayMilliseconds;
    if (nextStart > to) return isChanged;
    story.day += 1;
    story.lastAt = nextStart;
    story.plan = planDay(options, story);
    story.done = 0;
  }
}

function happen(story: Story, happening: Happening): void {
  if (happening.kind === 'state') return story.people.setState(happening.index, happening.state);
  if (happening.kind === 'rename') return story.people.rename(happening.index);
  const { line, index, at } = happening;
  const day = story.day;
  if (happening.kind === 'gain') {
    line.gainedByDay[day] = (line.gainedByDay[day] ?? 0) + 1;
    return addRow(line, index, at);
  }
  const row = line.byPerson.get(index);
  if (row === undefined) return;
  row.isGone = true;
  line.byPerson.delete(index);
  line.leavers.push({ index, day });
  line.lostByDay[day] = (line.lostByDay[day] ?? 0) + 1;
}

function planDay(options: WorldOptions, story: Story): readonly Happening[] {
  const plan: Happening[] = [];
  const start = options.origin.getTime() + story.day * dayMilliseconds;
  let lineNumber = 0;
  for (const line of story.lines.values()) {
    const followers = line.byPerson.size;
    if (line.rows.length > followers * 1.1) line.rows = line.rows.filter((row) => !row.isGone);
    const random = createRandom(options.seed, 2, lineNumber, story.day);
    const mood = moodOf(options.seed, lineNumber, story.day);
    const factor = weekdayFactor[new Date(start).getUTCDay()] ?? 1;
    const at = (): number => start + timeOfDay(random);
    const gains = random.poisson(Math.max(followers, 20) * line.account.gainPerDayShare * factor * mood.gain);
    const losses = random.poisson(followers * line.account.lossPerDayShare * factor * mood.loss);
    for (const index of chooseNewcomers(story, line, { gains, random })) plan.push({ kind: 'gain', at: at(), line, index });
    for (const index of chooseLeavers(line, losses, random)) plan.push({ kind: 'loss', at: at(), line, index });
    planFates(story, line, { random, at, plan });
    lineNumber += 1;
  }
  for (const index of story.comebacks.get(story.day) ?? []) plan.push({ kind: 'state', at: start, index, state: 'active' });
  story.comebacks.delete(story.day);
  return plan.sort((one, other) => one.at - other.at);
}

/** A few days stand out: something was shared widely, and part of those who came leave again soon. */
function moodOf(seed: number, lineNumber: number, day: number): { readonly gain: number; readonly loss: number } {
  const spikeOn = (on: number): number => {
    const random = createRandom(seed, 3, lineNumber, on);
    return random.isChance(1 / 40) ? 3 + random.next() * 5 : 0;
  };
  const aftermath = Math.max(spikeOn(day - 1), spikeOn(day - 2), spikeOn(day - 3));
  return { gain: Math.max(1, spikeOn(day), aftermath / 3), loss: 1 + aftermath / 6 };
}

/** Rare at night, most around the middle of the day. */
function timeOfDay(random: Random): number {
  return Math.floor(((random.next() + random.next() + random.next()) / 3) * dayMilliseconds);
}

function chooseNewcomers(story: Story, line: Line, input: { gains: number; random: Random }): readonly number[] {
  const { gains, random } = input;
  const chosen = new Set<number>();
  for (let n = 0; n < gains; n += 1) {
    const kind = random.next();
    const known = kind < 0.06 ? takeReturner(line, story.day, random) : kind < 0.11 ? random.int(story.people.count()) : null;
    const isUsable = known !== null && !line.byPerson.has(known) && !chosen.has(known);
    chosen.add(isUsable ? known : story.people.add());
  }
  return [...chosen];
}

/** Someone who left two days ago or earlier. */
function takeReturner(line: Line, day: number, random: Random): number | null {
  const position = random.int(line.leavers.length);
  const leaver = line.leavers[position];
  if (leaver === undefined || leaver.day > day - 2) return null;
  line.leavers.splice(position, 1);
  return leaver.index;
}

/** Half of the leavers are among the newest fifth: who came lately leaves most easily. */
function chooseLeavers(line: Line, losses: number, random: Random): ReadonlySet<number> {
  const chosen = new Set<number>();
  const count = line.rows.length;
  for (let tries = 0; tries < losses * 4 && chosen.size < losses; tries += 1) {
    const position = random.isChance(0.5) ? random.int(count) : count - 1 - random.int(Math.ceil(count / 5));
    const row = line.rows[position];
    if (row !== undefined && !row.isGone) chosen.add(row.index);
  }
  return chosen;
}

function planFates(story: Story, line: Line, day: { random: Random; at: () => number; plan: Happening[] }): void {
  const { random, at, plan } = day;
  const someone = (): number | undefined => {
    const row = line.rows[random.int(line.rows.length)];
    return row === undefined || row.isGone ? undefined : row.index;
  };
  const hide = (state: 'suspended' | 'deactivated', share: number): void => {
    for (let n = random.poisson(line.rows.length * share); n > 0; n -= 1) {
      const index = someone();
      const isBackIn = random.isChance(0.35) ? 3 + random.int(28) : null;
      if (index === undefined || story.people.at(index).state !== 'active') continue;
      plan.push({ kind: 'state', at: at(), index, state });
      if (isBackIn === null) continue;
      const backOn = story.day + isBackIn;
      story.comebacks.set(backOn, [...(story.comebacks.get(backOn) ?? []), index]);
    }
  };
  hide('suspended', suspensionsPerDay);
  hide('deactivated', deactivationsPerDay);
  for (let n = random.poisson(line.rows.length * renamesPerDay); n > 0; n -= 1) {
    const index = someone();
    if (index !== undefined) plan.push({ kind: 'rename', at: at(), index });
  }
}
