import type { Faults, VideoWork } from './world.ts';

/** What goes wrong with one request. */
export type Fault =
  | { readonly kind: 'drop' }
  | { readonly kind: 'lose' }
  | { readonly kind: 'garble' }
  | { readonly kind: 'fail'; readonly status: number }
  | { readonly kind: 'rateLimit' };

/** The switches as the simulator reads them. */
export interface FaultSwitches extends Faults {
  /** The fault for a request to this path, used up by asking; null for none. */
  take(path: string): Fault | null;
  readonly delayMs: number;
  readonly followersEnd: number | null;
  readonly isFollowerListHidden: boolean;
  readonly countSkew: number;
  readonly visibilityDelayMs: number;
  readonly textLengthMax: number | null;
  readonly videos: VideoWork;
}

export interface FaultHooks {
  expireTokens(): void;
  revokeGrants(): void;
}

interface Waiting {
  left: number;
  readonly path: string;
  readonly fault: Fault;
}

interface Standing {
  readonly delayMs: number;
  readonly followersEnd: number | null;
  readonly isHidden: boolean;
  readonly skew: number;
  readonly visibilityDelayMs: number;
  readonly textLengthMax: number | null;
  readonly videos: VideoWork;
}

/** All switches off. Where several wait for one path, the one set first is used first. */
export function createFaults(hooks: FaultHooks): FaultSwitches {
  let waiting: Waiting[] = [];
  const initial: Standing = { delayMs: 0, followersEnd: null, isHidden: false, skew: 0, visibilityDelayMs: 0, textLengthMax: null, videos: 'ready' };
  let standing: Standing = initial;
  const set = (change: Partial<Standing>): void => {
    standing = { ...standing, ...change };
  };
  const queue = (n: number, path: string, fault: Fault): void => {
    waiting.push({ left: n, path, fault });
  };
  return {
    dropNext: (n, path = '') => queue(n, path, { kind: 'drop' }),
    loseNext: (n, path = '') => queue(n, path, { kind: 'lose' }),
    garbleNext: (n, path = '') => queue(n, path, { kind: 'garble' }),
    failNext: (n, status, path = '') => queue(n, path, { kind: 'fail', status }),
    rateLimitNext: (n, path = '') => queue(n, path, { kind: 'rateLimit' }),
    delayAll: (milliseconds) => set({ delayMs: milliseconds }),
    truncateFollowersAt: (rows) => set({ followersEnd: rows }),
    hideFollowers: (isHidden) => set({ isHidden }),
    skewCount: (by) => set({ skew: by }),
    delayVisibility: (milliseconds) => set({ visibilityDelayMs: milliseconds }),
    limitText: (lengthMax) => set({ textLengthMax: lengthMax }),
    processVideos: (how) => set({ videos: how }),
    expireTokens: () => hooks.expireTokens(),
    revokeGrants: () => hooks.revokeGrants(),
    reset: () => {
      waiting = [];
      standing = initial;
    },
    take: (path) => {
      const next = waiting.find((one) => one.left > 0 && path.startsWith(one.path));
      if (next === undefined) return null;
      next.left -= 1;
      waiting = waiting.filter((one) => one.left > 0);
      return next.fault;
    },
    get delayMs() {
      return standing.delayMs;
    },
    get followersEnd() {
      return standing.followersEnd;
    },
    get isFollowerListHidden() {
      return standing.isHidden;
    },
    get countSkew() {
      return standing.skew;
    },
    get visibilityDelayMs() {
      return standing.visibilityDelayMs;
    },
    get videos() {
      return standing.videos;
    },
    get textLengthMax() {
      return standing.textLengthMax;
    },
  };
}

/** The rows that the follower list shows under the faults: hidden, cut short, or all. */
export function applyListFaults<Row>(faults: FaultSwitches, rows: readonly Row[]): readonly Row[] {
  if (faults.isFollowerListHidden) return [];
  return faults.followersEnd === null ? rows : rows.slice(0, faults.followersEnd);
}
