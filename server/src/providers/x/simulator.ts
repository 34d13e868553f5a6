import { controlRoutes } from '../simulation/control.ts';
import { createWorld, settleOrigin } from '../simulation/create-world.ts';
import { createFaults } from '../simulation/faults.ts';
import { openGrantBook } from '../simulation/grant-book.ts';
import { createRequestCounter, listenSimulator } from '../simulation/listen.ts';
import { spellHandle } from '../simulation/names.ts';
import { openPostBook } from '../simulation/post-book.ts';
import type { RunningSimulator, SimulatorOptions, World } from '../simulation/world.ts';
import { xMedia } from './simulator-media.ts';
import { oauthError, xOauthRoutes } from './simulator-oauth.ts';
import { problem, xOperations } from './simulator-operations.ts';
import { tweetOperations } from './simulator-tweets.ts';
import { userOperations } from './simulator-users.ts';

export { simulatorCredentials } from './simulator-oauth.ts';

/** A whole segment of an upload, as base64 in JSON, and some. */
const bodyBytesMax = 8_388_608;

/** X on loopback: consent and tokens under `/i/oauth2` and `/2/oauth2`, users, posts and media under `/2`. */
export async function startXSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const { clock, stateFile } = options;
  const world = createXWorld(options);
  const book = openGrantBook({ clock, stateFile });
  const faults = createFaults({ expireTokens: () => book.expireAll('access'), revokeGrants: () => book.revokeAll() });
  const published = openPostBook({ clock, stateFile, faults });
  const counts = createRequestCounter();
  const api = { clock, world, book, faults, stateFile };
  const media = xMedia(api);
  const posts = tweetOperations({ ...api, published, shelf: media.shelf });
  const operations = xOperations(api, [...userOperations(api), ...media.operations, ...posts]);
  const oauth = xOauthRoutes({ clock, world, book, counts, redirectUris: options.redirectUris ?? null });
  const isControlled = options.control === true;
  const control = isControlled ? controlRoutes({ world, faults, counts: () => counts.read(), posts: () => published.all() }) : [];
  const listening = await listenSimulator({
    port: options.port,
    bodyBytesMax,
    routes: [...oauth, ...operations.routes, ...control],
    faults,
    counts,
    errors: {
      failure: (status, request) =>
        request.path.startsWith('/2/oauth2/') && status < 500 ? oauthError(status, 'invalid_request', 'Invalid request.') : problem(status),
      rateLimit: (request) => operations.rateLimit(request),
    },
  });
  return {
    network: 'x', origin: listening.origin, world, faults, counts: listening.counts, posts: () => published.all(), close: listening.close,
  };
}

function createXWorld(options: SimulatorOptions): World {
  return createWorld({
    clock: options.clock,
    seed: options.seed,
    origin: settleOrigin(options),
    stateFile: options.stateFile,
    accounts: [
      {
        id: '1389204417365012481', handle: 'heronandpine', name: 'Heron & Pine', following: 412, posts: 3180,
        followersAtOrigin: options.followersAtOrigin ?? 4200, gainPerDayShare: 0.0042, lossPerDayShare: 0.0031,
      },
      {
        id: '718204533', handle: 'mirelavance', name: 'Mirela Vance', following: 951, posts: 12_840,
        followersAtOrigin: 860, gainPerDayShare: 0.007, lossPerDayShare: 0.004,
      },
      {
        id: '1620011858842337284', handle: 'tidewatercoop', name: 'Tidewater Co-op', following: 77, posts: 96,
        followersAtOrigin: 120, gainPerDayShare: 0.006, lossPerDayShare: 0.002,
      },
    ],
    mintId,
    mintHandle: (name, index) => spellHandle(name, index, { separators: '_', lengthMax: 15 }),
  });
}

const lowDigits = 100_000_000;

/**
 * Most ids have 19 digits, those of early users 8 or 9. The low digits are the person's number, shuffled: the factor has
 * no divisor in common with 10^8, so no two numbers below 10^8 meet.
 */
function mintId(index: number, random: number): string {
  const shuffled = (index * 37_777_777 + 4_201_337) % lowDigits;
  if (random < 0.1) return String(10_000_000 + shuffled);
  const high = BigInt(11_000_000_000 + Math.floor(random * 7_000_000_000));
  return String(high * BigInt(lowDigits) + BigInt(shuffled));
}
