import type { Clock } from '../../platform/clock.ts';
import { createRandom, hashParts } from './random.ts';
import type { SimulatedPost, World } from './world.ts';

/** What people have done with a simulated post so far. */
export interface SimulatedFigures {
  readonly views: number;
  readonly likes: number;
  readonly replies: number;
  readonly reposts: number;
  readonly quotes: number;
  readonly saves: number;
}

const hourMs = 3_600_000;
/** In the end, as shares of the audience. */
const shares: SimulatedFigures = { views: 0.9, likes: 0.035, replies: 0.003, reposts: 0.006, quotes: 0.001, saves: 0.004 };

/** Grows fast in the first hours, slower after, and never shrinks. Nothing when the post is new. */
export function figuresOf({ world, clock }: { readonly world: World; readonly clock: Clock }, post: SimulatedPost): SimulatedFigures {
  const hours = Math.max(0, clock.now().getTime() - post.createdAt.getTime()) / hourMs;
  const random = createRandom(hashParts(...[...post.id].map((letter) => letter.charCodeAt(0))));
  const luck = 0.4 + 1.4 * random.next();
  const halfLifeHours = 4 + 10 * random.next();
  const grown = 1 - 2 ** (-hours / halfLifeHours);
  // Not the followers of now: old figures would shrink with people who leave.
  const audience = 300 + 5 * (world.account(post.accountId)?.posts ?? 0);
  const count = (share: number): number => Math.floor(audience * share * luck * (0.7 + 0.6 * random.next()) * grown);
  return {
    views: count(shares.views), likes: count(shares.likes), replies: count(shares.replies), reposts: count(shares.reposts),
    quotes: count(shares.quotes), saves: count(shares.saves),
  };
}
