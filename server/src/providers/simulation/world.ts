import type { Clock } from '../../platform/clock.ts';

export interface SimulatedPerson {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly verified: boolean;
  readonly followers: number;
  readonly state: 'active' | 'suspended' | 'deactivated';
}

/** An account that the consent page offers to sign in with. */
export interface SimulatedAccount {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly following: number;
  readonly posts: number;
}

/** How a simulated network looks: its id forms, its accounts and how lively their audience is. */
export interface WorldOptions {
  readonly clock: Clock;
  readonly seed: number;
  /** The first day of the simulated graph; before it, each account has its starting followers. */
  readonly origin: Date;
  readonly accounts: readonly (SimulatedAccount & {
    readonly followersAtOrigin: number;
    /** Mean of new followers and of leavers per day, as a share of the list (0.004 = 0.4 %). */
    readonly gainPerDayShare: number;
    readonly lossPerDayShare: number;
  })[];
  /** The network's id for the n-th person (n from 0): stable, in the network's own form. */
  readonly mintId: (index: number, random: number) => string;
  readonly mintHandle: (name: string, index: number) => string;
  /** JSON file that keeps hand-made changes over a restart (section `world`); null keeps them in memory. */
  readonly stateFile: string | null;
}

/** One row of a follower list. */
export interface FollowerEdge {
  readonly person: SimulatedPerson;
  /** Microseconds; unique and falling within one list, stable while people come and go: a sound base for cursors. */
  readonly key: number;
}

/**
 * A follower graph that lives: from the seed, the same on every run, moving with the clock; on top of it, changes made by
 * hand. Calls read it as of `clock.now()`.
 */
export interface World {
  readonly accounts: readonly SimulatedAccount[];
  account(accountId: string): SimulatedAccount | null;
  /** Followers that the network shows (suspended and deactivated people are hidden), newest first. */
  followersOf(accountId: string): readonly SimulatedPerson[];
  /** The same list with the keys that cursors are made of. */
  edgesOf(accountId: string): readonly FollowerEdge[];
  /** How many began and stopped following in [from, to), by whole days of the graph. */
  changesBetween(accountId: string, from: Date, to: Date): { readonly gained: number; readonly lost: number };
  person(personId: string): SimulatedPerson | null;
  personByHandle(handle: string): SimulatedPerson | null;
  /**
   * Hand-made changes, effective now, stronger than the seed for that person. `follow` without a person adds a new one and
   * answers them. Repeating one changes nothing; an unknown account or person throws.
   */
  follow(accountId: string, personId?: string): SimulatedPerson;
  unfollow(accountId: string, personId: string): void;
  setState(personId: string, state: SimulatedPerson['state']): void;
  rename(personId: string, handle: string): void;
  /** Stops (true) the changes that come from the seed, for tests that need a still list, or lets them catch up (false). */
  freeze(isFrozen: boolean): void;
}

/** Switches that make a simulated network misbehave; all off by default. Tests set them, `reset()` clears them. */
/** What becomes of uploaded videos: ready at the second look, never ready, or spoilt. */
export type VideoWork = 'ready' | 'working' | 'failed';

export interface Faults {
  /** The next n matching requests are cut off without an answer. `path` is a prefix; empty matches all. */
  dropNext(n: number, path?: string): void;
  /** The next n matching requests are carried out, and the answer is lost on the way. */
  loseNext(n: number, path?: string): void;
  /** The next n matching requests are answered with bytes that are not the promised format. */
  garbleNext(n: number, path?: string): void;
  /** The next n matching requests answer this HTTP status in the network's own error form. */
  failNext(n: number, status: number, path?: string): void;
  /** The next n matching requests are answered by the network's rate-limit error with its headers. */
  rateLimitNext(n: number, path?: string): void;
  /** Every answer is delayed by this many milliseconds. */
  delayAll(milliseconds: number): void;
  /** The follower list ends, looking complete, after this many rows; null shows all. */
  truncateFollowersAt(rows: number | null): void;
  /** The follower list is hidden or empty although the count says otherwise. */
  hideFollowers(isHidden: boolean): void;
  /** The stated count differs from the list by this much. */
  skewCount(by: number): void;
  /** Access tokens given so far are answered as expired (refresh still works). */
  expireTokens(): void;
  /** The grant is revoked on the network's side: access and refresh tokens die. */
  revokeGrants(): void;
  /** New posts stay out of the account's own lists (not of the post's own address) for this long, in milliseconds. */
  delayVisibility(milliseconds: number): void;
  /** What becomes of videos that are in the works from now on. */
  processVideos(how: VideoWork): void;
  /** The longest text that the server takes; null: as the network's usual ones. Only for networks of many servers. */
  limitText(lengthMax: number | null): void;
  reset(): void;
}

/** A post as the simulated network shows it. */
export interface SimulatedPost {
  readonly id: string;
  readonly accountId: string;
  readonly text: string;
  readonly createdAt: Date;
  /** Alternative texts of its images, in order; '' where none was given. */
  readonly images: readonly string[];
  /** Id of the post that it answers; null for one of its own. */
  readonly replyTo: string | null;
  /** A comment, on networks that tell comments from posts. */
  readonly isComment: boolean;
  readonly isDeleted: boolean;
}

/** Counters of what was asked, so that tests can prove "one refresh". Keys are the simulator's route names. */
export type RequestCounts = Readonly<Record<string, number>>;

/** A simulated network that listens on loopback and speaks the real wire format. */
export interface RunningSimulator {
  readonly network: string;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly world: World;
  readonly faults: Faults;
  counts(): RequestCounts;
  /** Everything that was published here, deleted posts too, in the order in which it became public. */
  posts(): readonly SimulatedPost[];
  close(): Promise<void>;
}

/** How each `providers/<network>/simulator.ts` is started. */
export interface SimulatorOptions {
  readonly clock: Clock;
  readonly seed: number;
  /** 0 picks a free port. Always bound to 127.0.0.1. */
  readonly port: number;
  readonly stateFile: string | null;
  /** First day of the graph; default 120 days before the clock's now. */
  readonly origin?: Date;
  /** How many followers the main account starts with; default a few thousand. */
  readonly followersAtOrigin?: number;
  /** Callback addresses registered with the simulated app, compared exactly; by default any http(s) address is taken. */
  readonly redirectUris?: readonly string[];
  /** Opens `/_control/*`, by which another process moves the world and its faults. Off by default. */
  readonly control?: boolean;
}
