import { controlRoutes } from '../simulation/control.ts';
import { createFaults } from '../simulation/faults.ts';
import { openGrantBook } from '../simulation/grant-book.ts';
import { openKeptMap } from '../simulation/kept-map.ts';
import { createRequestCounter, listenSimulator } from '../simulation/listen.ts';
import { openPostBook } from '../simulation/post-book.ts';
import type { RunningSimulator, SimulatorOptions } from '../simulation/world.ts';
import { createInstagramWorld } from './simulator-accounts.ts';
import { containerSchema } from './simulator-containers.ts';
import { failureFor, rateLimitError, tokenError } from './simulator-errors.ts';
import { graphRoutes, usageHeaders } from './simulator-graph.ts';
import { instagramOauthRoutes } from './simulator-oauth.ts';

export { simulatorCredentials } from './simulator-oauth.ts';

/** www, api and graph.instagram.com on one loopback origin. Sessions can also be broken by `failNext(n, 458 | 460 | 463)`. */
export async function startInstagramSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const { clock, stateFile } = options;
  const world = createInstagramWorld(options);
  const book = openGrantBook({ clock, stateFile });
  const faults = createFaults({
    expireTokens: () => {
      book.expireAll('short');
      book.expireAll('long');
    },
    revokeGrants: () => book.revokeAll(),
  });
  const published = openPostBook({ clock, stateFile, faults });
  const counts = createRequestCounter();
  const oauth = instagramOauthRoutes({ clock, world, book, counts, redirectUris: options.redirectUris ?? null });
  const containers = openKeptMap(stateFile, 'instagram-containers', containerSchema);
  const isControlled = options.control === true;
  const control = isControlled ? controlRoutes({ world, faults, counts: () => counts.read(), posts: () => published.all() }) : [];
  let refusals = 0;
  const listening = await listenSimulator({
    port: options.port,
    routes: [...oauth, ...control, ...graphRoutes({ clock, world, book, faults, published, containers })],
    faults,
    counts,
    errors: {
      failure: (status, request) =>
        request.path === '/oauth/access_token' && status < 458 ? tokenError('Invalid request.', status) : failureFor(status),
      rateLimit: () => rateLimitError(refusals++, usageHeaders('0', { limit: 1, remaining: 0, resetAt: clock.now(), isExceeded: true })),
    },
  });
  const { origin, close } = listening;
  return { network: 'instagram', origin, world, faults, counts: listening.counts, posts: () => published.all(), close };
}
