import { createWorld, settleOrigin } from '../simulation/create-world.ts';
import { spellHandle } from '../simulation/names.ts';
import type { SimulatorOptions, World } from '../simulation/world.ts';

export interface InstagramLogin {
  /** The professional account's id, which is the world's account id. */
  readonly userId: string;
  /** The id that only this app sees. */
  readonly appScopedId: string;
  readonly accountType: 'BUSINESS' | 'MEDIA_CREATOR' | 'PERSONAL';
}

export const logins: readonly InstagramLogin[] = [
  { userId: '17841405793187218', appScopedId: '8913047725530191', accountType: 'BUSINESS' },
  { userId: '17841462200518843', appScopedId: '9120846611470395', accountType: 'MEDIA_CREATOR' },
  { userId: '17841470931625507', appScopedId: '7644090182253376', accountType: 'BUSINESS' },
  { userId: '17841455061097382', appScopedId: '25911387404820963', accountType: 'PERSONAL' },
];

export function loginOf(userId: string): InstagramLogin | null {
  return logins.find((login) => login.userId === userId) ?? null;
}

/** A business, a creator, a business below 100 followers (some metrics are missing), and a personal account. */
export function createInstagramWorld(options: SimulatorOptions): World {
  return createWorld({
    clock: options.clock,
    seed: options.seed,
    origin: settleOrigin(options),
    stateFile: options.stateFile,
    accounts: [
      {
        id: '17841405793187218', handle: 'heronandpine', name: 'Heron & Pine', following: 318, posts: 642,
        followersAtOrigin: options.followersAtOrigin ?? 6800, gainPerDayShare: 0.0048, lossPerDayShare: 0.0035,
      },
      {
        id: '17841462200518843', handle: 'mirela.vance', name: 'Mirela Vance', following: 704, posts: 1207,
        followersAtOrigin: 2150, gainPerDayShare: 0.006, lossPerDayShare: 0.004,
      },
      {
        id: '17841470931625507', handle: 'tidewater.coop', name: 'Tidewater Co-op', following: 51, posts: 23,
        followersAtOrigin: 58, gainPerDayShare: 0.002, lossPerDayShare: 0.001,
      },
      {
        id: '17841455061097382', handle: 'jonah.at.home', name: 'Jonah Ellery', following: 190, posts: 88,
        followersAtOrigin: 143, gainPerDayShare: 0.002, lossPerDayShare: 0.001,
      },
    ],
    // Instagram never shows who follows; ids only have to differ.
    mintId: (index) => String(17_841_500_000_000n * 1000n + BigInt(index)),
    mintHandle: (name, index) => spellHandle(name, index, { separators: '._', lengthMax: 30 }),
  });
}
