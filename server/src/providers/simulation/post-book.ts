import { arrayOf, boolean, nullable, object, string, type Static } from '@rookery/contract/schema.ts';
import type { Clock } from '../../platform/clock.ts';
import type { FaultSwitches } from './faults.ts';
import { openStateSection } from './state-file.ts';
import type { SimulatedPost } from './world.ts';

const storedSchema = object({
  id: string(), accountId: string(), text: string(), createdAt: string(), images: arrayOf(string()),
  replyTo: nullable(string()), isComment: boolean(), isDeleted: boolean(),
});

/** Posts of one simulated network, kept over a restart. */
export interface PostBook {
  /** Publishes at the clock's now. The id must be new. */
  add(post: Omit<SimulatedPost, 'createdAt' | 'isDeleted'>): SimulatedPost;
  /** As `add`; one with this id is replaced: a post that stands keeps its time and place, a deleted one is published anew. */
  put(post: Omit<SimulatedPost, 'createdAt' | 'isDeleted'>): SimulatedPost;
  /** Null when there is none or it was deleted. */
  find(id: string): SimulatedPost | null;
  /** The account's own list, newest first: without deleted posts and those that are not visible yet. */
  listOf(accountId: string): readonly SimulatedPost[];
  /** Says whether there was one to delete. */
  remove(id: string): boolean;
  /** Everything in the order in which it was published. */
  all(): readonly SimulatedPost[];
}

export function openPostBook(options: {
  clock: Clock;
  stateFile: string | null;
  faults: Pick<FaultSwitches, 'visibilityDelayMs'>;
}): PostBook {
  const { clock, faults } = options;
  const section = openStateSection(options.stateFile, 'posts', arrayOf(storedSchema));
  const posts = new Map((section.read() ?? []).map((stored) => [stored.id, fromStored(stored)]));
  const save = (): void => section.write([...posts.values()].map(toStored));
  const put = (post: Omit<SimulatedPost, 'createdAt' | 'isDeleted'>): SimulatedPost => {
    const before = posts.get(post.id);
    if (before?.isDeleted === true) posts.delete(post.id);
    const createdAt = before === undefined || before.isDeleted ? clock.now() : before.createdAt;
    const added = { ...post, createdAt, isDeleted: false };
    posts.set(post.id, added);
    save();
    return added;
  };
  return {
    add: (post) => {
      if (posts.has(post.id)) throw new Error(`There is a post ${post.id} already.`);
      return put(post);
    },
    put,
    find: (id) => {
      const post = posts.get(id);
      return post === undefined || post.isDeleted ? null : post;
    },
    listOf: (accountId) => {
      const shownUntil = clock.now().getTime() - faults.visibilityDelayMs;
      return [...posts.values()].reverse()
        .filter((post) => post.accountId === accountId && !post.isDeleted && post.createdAt.getTime() <= shownUntil);
    },
    remove: (id) => {
      const post = posts.get(id);
      if (post === undefined || post.isDeleted) return false;
      posts.set(id, { ...post, isDeleted: true });
      save();
      return true;
    },
    all: () => [...posts.values()],
  };
}

function fromStored(stored: Static<typeof storedSchema>): SimulatedPost {
  return { ...stored, createdAt: new Date(stored.createdAt) };
}

function toStored(post: SimulatedPost): Static<typeof storedSchema> {
  return { ...post, images: [...post.images], createdAt: post.createdAt.toISOString() };
}
