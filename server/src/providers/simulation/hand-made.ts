import {
  arrayOf,
  boolean,
  literal,
  nullable,
  number,
  object,
  optional,
  string,
  union,
  type Static,
} from '@rookery/contract/schema.ts';
import { openStateSection } from './state-file.ts';
import type { SimulatedPerson } from './world.ts';

const stateSchema = union([literal('active'), literal('suspended'), literal('deactivated')]);

const worldSchema = object({
  seed: number(),
  /** Epoch milliseconds. */
  origin: number(),
  frozenAt: nullable(number()),
  people: arrayOf(
    object({ id: string(), handle: string(), name: string(), verified: boolean(), followers: number(), state: stateSchema }),
  ),
  follows: arrayOf(object({ account: string(), person: string(), isFollowing: boolean(), at: number(), key: number() })),
  patches: arrayOf(object({ person: string(), state: optional(stateSchema), handle: optional(string()) })),
});

type Content = Static<typeof worldSchema>;
type Follow = Content['follows'][number];

/** The changes that a person or a test made, kept apart from the seed's. */
export interface HandMade {
  readonly frozenAt: number | null;
  freezeAt(at: number | null): void;
  people(): readonly SimulatedPerson[];
  person(personId: string): SimulatedPerson | null;
  addPerson(person: SimulatedPerson): void;
  /** The last word on whether this person follows; null when only the seed speaks. */
  lastFollow(accountId: string, personId: string): Follow | null;
  lastFollowsOf(accountId: string): ReadonlyMap<string, Follow>;
  historyOf(accountId: string): readonly Follow[];
  addFollow(follow: Follow): void;
  patch(personId: string, change: { state?: SimulatedPerson['state']; handle?: string }): void;
  personRenamedTo(handle: string): string | null;
  /** The person with the changes made to them. */
  see(person: SimulatedPerson): SimulatedPerson;
}

/** The origin that this file's world began with, or null for a new file. */
export function readOrigin(stateFile: string | null): Date | null {
  const content = openStateSection(stateFile, 'world', worldSchema).read();
  return content === null ? null : new Date(content.origin);
}

export function openHandMade(options: { stateFile: string | null; seed: number; origin: Date }): HandMade {
  const section = openStateSection(options.stateFile, 'world', worldSchema);
  const fresh = { seed: options.seed, origin: options.origin.getTime(), frozenAt: null, people: [], follows: [], patches: [] };
  let content: Content = section.read() ?? fresh;
  if (content.seed !== options.seed || content.origin !== options.origin.getTime()) {
    throw new Error(
      `${options.stateFile} keeps the world of seed ${content.seed} from ${new Date(content.origin).toISOString()}; ` +
        'start with that seed and origin, or delete the file.',
    );
  }
  const followsByAccount = new Map<string, Map<string, Follow>>();
  const index = (follow: Follow): void => {
    const ofAccount = followsByAccount.get(follow.account) ?? new Map<string, Follow>();
    followsByAccount.set(follow.account, ofAccount.set(follow.person, follow));
  };
  content.follows.forEach(index);
  const patches = new Map(content.patches.map((patch) => [patch.person, patch]));
  const people = new Map(content.people.map((person) => [person.id, person]));
  const save = (change: Partial<Content>): void => {
    content = { ...content, ...change };
    section.write(content);
  };
  save({});
  return {
    get frozenAt() {
      return content.frozenAt;
    },
    freezeAt: (at) => save({ frozenAt: at }),
    people: () => content.people,
    person: (personId) => people.get(personId) ?? null,
    addPerson: (person) => {
      people.set(person.id, person);
      save({ people: [...content.people, person] });
    },
    lastFollow: (accountId, personId) => followsByAccount.get(accountId)?.get(personId) ?? null,
    lastFollowsOf: (accountId) => followsByAccount.get(accountId) ?? new Map<string, Follow>(),
    historyOf: (accountId) => content.follows.filter((follow) => follow.account === accountId),
    addFollow: (follow) => {
      index(follow);
      save({ follows: [...content.follows, follow] });
    },
    patch: (personId, change) => {
      patches.set(personId, { ...patches.get(personId), ...change, person: personId });
      save({ patches: [...patches.values()] });
    },
    personRenamedTo: (handle) => [...patches.values()].find((patch) => patch.handle === handle)?.person ?? null,
    see: (person) => {
      const patch = patches.size === 0 ? undefined : patches.get(person.id);
      return patch === undefined ? person : { ...person, state: patch.state ?? person.state, handle: patch.handle ?? person.handle };
    },
  };
}
