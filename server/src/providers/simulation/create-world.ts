import { openHandMade, readOrigin, type HandMade } from './hand-made.ts';
import { handMadeFrom, mintPerson } from './people.ts';
import { createTimeline, dayMilliseconds, type Timeline } from './timeline.ts';
import type { FollowerEdge, SimulatedPerson, SimulatorOptions, World, WorldOptions } from './world.ts';

/** 120 days by default: enough for the charts of a quarter. */
const defaultAgeDays = 120;

/**
 * The first day of a simulator's graph, at UTC midnight: as asked for, else as the state file remembers it (the default
 * moves with the clock, and the graph must not), else 120 days ago.
 */
export function settleOrigin(options: Pick<SimulatorOptions, 'clock' | 'origin' | 'stateFile'>): Date {
  const usual = new Date(options.clock.now().getTime() - defaultAgeDays * dayMilliseconds);
  const wanted = options.origin ?? readOrigin(options.stateFile) ?? usual;
  return new Date(Math.floor(wanted.getTime() / dayMilliseconds) * dayMilliseconds);
}

interface Parts {
  readonly options: WorldOptions;
  readonly timeline: Timeline;
  readonly handMade: HandMade;
  /** Grows at each change by hand. */
  version: number;
}

interface View {
  readonly version: number;
  readonly edges: readonly FollowerEdge[];
}

/** The world of these options: same seed, origin and now, same world, but for changes by hand. */
export function createWorld(options: WorldOptions): World {
  const parts: Parts = { options, timeline: createTimeline(options), handMade: openHandMade(options), version: 0 };
  const views = new Map<string, View>();
  const nowMs = (): number => options.clock.now().getTime();
  const catchUp = (): void => {
    if (parts.timeline.moveTo(parts.handMade.frozenAt ?? nowMs())) parts.version += 1;
  };
  const edgesOf = (accountId: string): readonly FollowerEdge[] => {
    catchUp();
    const known = views.get(accountId);
    if (known?.version === parts.version) return known.edges;
    const edges = buildView(parts, accountId);
    views.set(accountId, { version: parts.version, edges });
    return edges;
  };
  const findPerson = (personId: string): SimulatedPerson | null => {
    catchUp();
    return personOf(parts, personId);
  };
  const change = (personId: string, patch: { state?: SimulatedPerson['state']; handle?: string }): void => {
    requirePerson(findPerson(personId), personId);
    parts.handMade.patch(personId, patch);
    parts.version += 1;
  };
  return {
    accounts: options.accounts,
    account: (accountId) => options.accounts.find((account) => account.id === accountId) ?? null,
    followersOf: (accountId) => edgesOf(accountId).map((edge) => edge.person),
    edgesOf,
    changesBetween: (accountId, from, to) => {
      catchUp();
      return countChanges(parts, accountId, { from: from.getTime(), to: to.getTime() });
    },
    person: findPerson,
    personByHandle: (handle) => {
      catchUp();
      const byHand = parts.handMade.people().find((person) => parts.handMade.see(person).handle === handle);
      return byHand ? parts.handMade.see(byHand) : seededByHandle(parts, handle);
    },
    follow: (accountId, personId) => {
      catchUp();
      const person = personId === undefined ? addByHand(parts) : requirePerson(findPerson(personId), personId);
      setFollowing(parts, { accountId, personId: person.id, isFollowing: true });
      return person;
    },
    unfollow: (accountId, personId) => {
      requirePerson(findPerson(personId), personId);
      setFollowing(parts, { accountId, personId, isFollowing: false });
    },
    setState: (personId, state) => change(personId, { state }),
    rename: (personId, handle) => change(personId, { handle }),
    freeze: (isFrozen) => {
      const { handMade } = parts;
      if (isFrozen !== (handMade.frozenAt !== null)) handMade.freezeAt(isFrozen ? nowMs() : null);
    },
  };
}

function personOf(parts: Parts, personId: string): SimulatedPerson | null {
  const index = parts.timeline.people.indexOf(personId);
  const person = index === null ? parts.handMade.person(personId) : parts.timeline.people.at(index);
  return person === null ? null : parts.handMade.see(person);
}

function requirePerson(person: SimulatedPerson | null, personId: string): SimulatedPerson {
  if (person === null) throw new Error(`This world has no person ${personId}.`);
  return person;
}

/** The seed's person with this handle, unless renamed by hand to another; or the one renamed by hand to this. */
function seededByHandle(parts: Parts, handle: string): SimulatedPerson | null {
  const renamed = parts.handMade.personRenamedTo(handle);
  if (renamed !== null) return personOf(parts, renamed);
  const person = parts.timeline.people.byHandle(handle);
  const seen = person === null ? null : parts.handMade.see(person);
  return seen?.handle === handle ? seen : null;
}

function addByHand(parts: Parts): SimulatedPerson {
  const { handMade, timeline, options } = parts;
  const isTaken = (handle: string): boolean =>
    timeline.people.byHandle(handle) !== null || handMade.people().some((person) => person.handle === handle);
  const person = mintPerson(options, handMadeFrom + handMade.people().length, isTaken);
  handMade.addPerson(person);
  return person;
}

function isFollowing(parts: Parts, accountId: string, personId: string): boolean {
  const byHand = parts.handMade.lastFollow(accountId, personId);
  if (byHand !== null) return byHand.isFollowing;
  const index = parts.timeline.people.indexOf(personId);
  return index !== null && parts.timeline.isFollowing(accountId, index);
}

function setFollowing(parts: Parts, change: { accountId: string; personId: string; isFollowing: boolean }): void {
  const { accountId, personId } = change;
  if (!parts.options.accounts.some((account) => account.id === accountId)) throw new Error(`This world has no account ${accountId}.`);
  if (isFollowing(parts, accountId, personId) === change.isFollowing) return;
  const at = parts.options.clock.now().getTime();
  const last = parts.handMade.historyOf(accountId).at(-1)?.key ?? 0;
  // Half a millisecond in, so that it never meets a key of the seed in the same millisecond.
  const key = Math.max(at * 1000 + 500, last + 1);
  parts.handMade.addFollow({ account: accountId, person: personId, isFollowing: change.isFollowing, at, key });
  parts.version += 1;
}

function buildView(parts: Parts, accountId: string): readonly FollowerEdge[] {
  const { timeline, handMade } = parts;
  const byHand = handMade.lastFollowsOf(accountId);
  const edges: FollowerEdge[] = [];
  const show = (person: SimulatedPerson, key: number): void => {
    const seen = handMade.see(person);
    if (seen.state === 'active') edges.push({ person: seen, key });
  };
  const rows = timeline.rowsOf(accountId);
  for (let position = rows.length - 1; position >= 0; position -= 1) {
    const row = rows[position];
    if (row === undefined || row.isGone) continue;
    const person = timeline.people.at(row.index);
    if (!byHand.has(person.id)) show(person, row.key);
  }
  if (byHand.size === 0) return edges;
  for (const follow of byHand.values()) {
    const person = follow.isFollowing ? personOf(parts, follow.person) : null;
    if (person !== null) show(person, follow.key);
  }
  return edges.sort((one, other) => other.key - one.key);
}

function countChanges(parts: Parts, accountId: string, range: { from: number; to: number }): { gained: number; lost: number } {
  const origin = parts.options.origin.getTime();
  const sum = { gained: 0, lost: 0 };
  const firstDay = Math.max(0, Math.ceil((range.from - origin) / dayMilliseconds));
  const pastDay = Math.ceil((range.to - origin) / dayMilliseconds);
  for (let day = firstDay; day < pastDay; day += 1) {
    const tally = parts.timeline.tally(accountId, day);
    sum.gained += tally.gained;
    sum.lost += tally.lost;
  }
  for (const follow of parts.handMade.historyOf(accountId)) {
    const day = Math.floor((follow.at - origin) / dayMilliseconds);
    if (day < firstDay || day >= pastDay) continue;
    if (follow.isFollowing) sum.gained += 1;
    else sum.lost += 1;
  }
  return sum;
}
