import { controlRoutes } from '../simulation/control.ts';
import { createWorld, settleOrigin } from '../simulation/create-world.ts';
import { createFaults } from '../simulation/faults.ts';
import { listenSimulator, type ErrorForms } from '../simulation/listen.ts';
import { openPostBook } from '../simulation/post-book.ts';
import { jsonReply } from '../simulation/request.ts';
import type { RunningSimulator, SimulatorOptions, World, WorldOptions } from '../simulation/world.ts';
import { apiRoutes } from './simulator-api.ts';
import { hashNumber, videoBytesMax } from './simulator-entities.ts';
import { createGrants } from './simulator-grants.ts';
import { mediaRoutes, openAttachments } from './simulator-media.ts';
import { oauthRoutes } from './simulator-oauth.ts';
import { statusRoutes } from './simulator-statuses.ts';
import { createThrottle, type Throttle } from './simulator-throttle.ts';

export interface MastodonSimulatorOptions extends SimulatorOptions {
  /** Multiplies Mastodon's request limits (300 in 5 minutes for a token); 1 by default. */
  readonly limitShare?: number;
}

const followersDefault = 3200;
const otherServers = ['mstdn.example', 'social.example', 'quiet.example', 'letters.example', 'mas.example.net', 'tooting.example.org'];
const usernameLengthMax = 24;
/** What a form takes besides its file; a little more than the largest file is let in, to be refused in words. */
const formBytesMax = 1_048_576;

const statusTexts: Readonly<Record<number, string>> = {
  401: 'The access token is invalid',
  403: 'This action is not allowed',
  404: 'Record not found',
  410: 'Gone',
  422: 'Validation failed',
  429: 'Too many requests',
  500: 'We are sorry, but something went wrong on our end',
  503: 'Remote data could not be fetched',
};

/** Ids of 18 digits that grow with the number but show no pattern: like Mastodon's, too large for a JavaScript number. */
function mintId(index: number, random: number): string {
  return String(109_000_000_000_000_000n + BigInt(index) * 1_000_003n + BigInt(Math.floor(random * 1_000_000)));
}

/** Letters, digits and underscores; two of three people live on other servers. */
function mintHandle(name: string, index: number): string {
  const plain = name.normalize('NFD').replaceAll(/[^\x20-\x7e]/g, '').toLowerCase();
  const words = plain.split(/[^a-z0-9]+/).filter((word) => word !== '');
  const number = hashNumber(`${name}:${index}`);
  const base = number % 3 === 0 ? words.join('_') : words.join('');
  const tail = number % 4 === 0 ? String((number >> 4) % 100) : '';
  const username = `${base === '' ? 'someone' : base}`.slice(0, usernameLengthMax) + tail;
  const domain = otherServers[number % (otherServers.length + 3)];
  return domain === undefined ? username : `${username}@${domain}`;
}

function accountsOf(followersAtOrigin: number): WorldOptions['accounts'] {
  return [
    {
      id: '108764321098765432',
      handle: 'harbourbakery',
      name: 'Harbour Bakery',
      following: 214,
      posts: 1873,
      followersAtOrigin,
      gainPerDayShare: 0.004,
      lossPerDayShare: 0.0026,
    },
    {
      id: '108911223344556677',
      handle: 'mara_holt',
      name: 'Mara Holt',
      following: 391,
      posts: 642,
      followersAtOrigin: Math.min(followersAtOrigin, 420),
      gainPerDayShare: 0.005,
      lossPerDayShare: 0.003,
    },
  ];
}

function errorForms(throttle: Throttle): ErrorForms {
  return {
    failure: (status) => jsonReply(status, { error: statusTexts[status] ?? `Error ${status}` }),
    rateLimit: () => throttle.refuseNow(),
  };
}

function openWorld(options: SimulatorOptions): World {
  return createWorld({
    clock: options.clock,
    seed: options.seed,
    origin: settleOrigin(options),
    accounts: accountsOf(options.followersAtOrigin ?? followersDefault),
    mintId,
    mintHandle,
    stateFile: options.stateFile,
  });
}

/**
 * Plays one Mastodon 4.3 server. Apps register themselves, so `redirectUris` is not looked at. The address limits of
 * Mastodon that depend on the caller's IP count all callers without a token as one.
 */
export async function startMastodonSimulator(options: MastodonSimulatorOptions): Promise<RunningSimulator> {
  const { clock, stateFile } = options;
  const world = openWorld(options);
  const grants = createGrants(stateFile, clock);
  const throttle = createThrottle(clock, options.limitShare ?? 1);
  const faults = createFaults({
    expireTokens: () => grants.setStateOfAll('expired'),
    revokeGrants: () => grants.setStateOfAll('revoked'),
  });
  const published = openPostBook({ clock, stateFile, faults });
  const counts = (): ReturnType<RunningSimulator['counts']> => listening.counts();
  const api = { grants, world, faults, throttle };
  const media = { ...api, clock, attachments: openAttachments(stateFile) };
  const listening = await listenSimulator({
    port: options.port,
    faults,
    bodyBytesMax: videoBytesMax + formBytesMax,
    errors: errorForms(throttle),
    routes: [
      ...oauthRoutes({ grants, world, clock }),
      ...apiRoutes(api),
      ...mediaRoutes(media),
      ...statusRoutes({ ...media, published, stateFile }),
      ...(options.control === true ? controlRoutes({ world, faults, counts, posts: () => published.all() }) : []),
    ],
  });
  return {
    network: 'mastodon', origin: listening.origin, world, faults, counts, posts: () => published.all(), close: listening.close,
  };
}
