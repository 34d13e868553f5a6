import { mintName } from './names.ts';
import { createRandom } from './random.ts';
import type { SimulatedPerson, WorldOptions } from './world.ts';

/** Everyone the seed has brought up so far, by their number. */
export interface People {
  readonly count: () => number;
  /** Brings up the next person and answers their number. */
  add(): number;
  at(index: number): SimulatedPerson;
  indexOf(personId: string): number | null;
  setState(index: number, state: SimulatedPerson['state']): void;
  rename(index: number): void;
  byHandle(handle: string): SimulatedPerson | null;
}

type Minting = Pick<WorldOptions, 'seed' | 'mintId' | 'mintHandle'>;

/** Numbers of people added by hand start here, out of reach of the seed's. */
export const handMadeFrom = 50_000_000;
const renamesFrom = 10_000_000;

/** The n-th person of this seed: always the same. */
export function mintPerson(options: Minting, index: number, isTaken: (handle: string) => boolean): SimulatedPerson {
  const random = createRandom(options.seed, 1, index);
  const name = mintName(random);
  // Log-normal with a median near 180: most have few followers, a handful have many.
  const spread = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const followers = Math.min(4_000_000, Math.round(Math.exp(5.2 + 1.5 * spread)));
  return {
    id: options.mintId(index, random.next()),
    name,
    handle: freeHandle(options.mintHandle(name, index), index, isTaken),
    verified: random.isChance(followers > 20_000 ? 0.4 : 0.015),
    followers,
    state: 'active',
  };
}

/** On a clash the end of the local part gives way to the person's number, so the length stays within the network's limit. */
function freeHandle(handle: string, index: number, isTaken: (handle: string) => boolean): string {
  if (!isTaken(handle)) return handle;
  const local = /^[^.@]+/.exec(handle)?.[0] ?? '';
  const rest = handle.slice(local.length);
  for (let salt = index; salt < index + 36 * 36; salt += 1) {
    const number = salt.toString(36);
    const tried = `${local.slice(0, Math.max(0, local.length - number.length))}${number}${rest}`;
    if (!isTaken(tried)) return tried;
  }
  throw new Error(`No free handle near "${handle}" for person ${index}; let mintHandle spell more different ones.`);
}

export function createPeople(options: Minting): People {
  const people: SimulatedPerson[] = [];
  const byId = new Map<string, number>();
  const byHandle = new Map<string, number>();
  let renames = 0;
  const isTaken = (handle: string): boolean => byHandle.has(handle);
  const at = (index: number): SimulatedPerson => {
    const person = people[index];
    if (person === undefined) throw new Error(`There is no person ${index} yet.`);
    return person;
  };
  return {
    count: () => people.length,
    at,
    add: () => {
      const index = people.length;
      const person = mintPerson(options, index, isTaken);
      if (byId.has(person.id)) throw new Error(`mintId gave ${person.id} twice; make ids unique by their number.`);
      people.push(person);
      byId.set(person.id, index);
      byHandle.set(person.handle, index);
      return index;
    },
    indexOf: (personId) => byId.get(personId) ?? null,
    setState: (index, state) => {
      people[index] = { ...at(index), state };
    },
    rename: (index) => {
      const person = at(index);
      renames += 1;
      const handle = freeHandle(options.mintHandle(person.name, renamesFrom + renames), renamesFrom + renames, isTaken);
      byHandle.delete(person.handle);
      byHandle.set(handle, index);
      people[index] = { ...person, handle };
    },
    byHandle: (handle) => {
      const index = byHandle.get(handle);
      return index === undefined ? null : at(index);
    },
  };
}
