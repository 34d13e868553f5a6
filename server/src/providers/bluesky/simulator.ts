import { randomBytes } from 'node:crypto';
import { controlRoutes } from '../simulation/control.ts';
import { createWorld, settleOrigin } from '../simulation/create-world.ts';
import { createFaults } from '../simulation/faults.ts';
import { listenSimulator, type ErrorForms, type SimulatedRoute } from '../simulation/listen.ts';
import { openPostBook } from '../simulation/post-book.ts';
import { jsonReply, type SimulatedReply, type SimulatedRequest } from '../simulation/request.ts';
import type { RunningSimulator, SimulatorOptions, World, WorldOptions } from '../simulation/world.ts';
import { XrpcFault, xrpcErrorReply } from './simulator-auth.ts';
import { createProofChecker } from './simulator-dpop.ts';
import { createTokenSigner } from './simulator-jose.ts';
import { createLimits, type Limits } from './simulator-limits.ts';
import { oauthErrorReply, oauthRoutes } from './simulator-oauth.ts';
import { blobBytesMax, openRepoStore } from './simulator-repo.ts';
import { createSessions } from './simulator-sessions.ts';
import { mintDid, renderDidDocument } from './simulator-views.ts';
import { xrpcRoutes } from './simulator-xrpc.ts';

export { simulatorAppPassword } from './simulator-server.ts';

export interface BlueskySimulatorOptions extends SimulatorOptions {
  /** Multiplies Bluesky's request limits (3000 in 5 minutes); 1 by default. */
  readonly limitShare?: number;
  /** Reads the metadata document of clients with an https client id; the global fetch by default. */
  readonly fetchClient?: typeof fetch;
}

const followersDefault = 2600;
const handleLengthMax = 18;

const xrpcCodes: Readonly<Record<number, string>> = {
  400: 'InvalidRequest',
  401: 'AuthenticationRequired',
  403: 'Forbidden',
  404: 'XRPCNotSupported',
  413: 'PayloadTooLarge',
  415: 'UnsupportedMediaType',
  429: 'RateLimitExceeded',
  500: 'InternalServerError',
  501: 'MethodNotImplemented',
  502: 'UpstreamFailure',
  503: 'NotEnoughResources',
  504: 'UpstreamTimeout',
};

/** Letters, digits and inner hyphens, under the network's own domain or now and then under one of their own. */
function mintHandle(name: string, index: number): string {
  const plain = name.normalize('NFD').replaceAll(/[^\x20-\x7e]/g, '').toLowerCase();
  const words = plain.split(/[^a-z0-9]+/).filter((word) => word !== '');
  const label = (words.join(index % 4 === 0 ? '-' : '') || 'someone').slice(0, handleLengthMax).replace(/-$/, '');
  return index % 9 === 0 ? `${label}.example` : `${label}.bsky.social`;
}

function accountsOf(seed: number, followersAtOrigin: number): WorldOptions['accounts'] {
  return [
    {
      id: mintDid(`${seed}:account:harbourbakery`),
      handle: 'harbourbakery.bsky.social',
      name: 'Harbour Bakery',
      following: 188,
      posts: 1240,
      followersAtOrigin,
      gainPerDayShare: 0.006,
      lossPerDayShare: 0.003,
    },
    {
      id: mintDid(`${seed}:account:maraholt`),
      handle: 'maraholt.bsky.social',
      name: 'Mara Holt',
      following: 402,
      posts: 511,
      followersAtOrigin: Math.min(followersAtOrigin, 350),
      gainPerDayShare: 0.005,
      lossPerDayShare: 0.003,
    },
  ];
}

function openWorld(options: SimulatorOptions): World {
  return createWorld({
    clock: options.clock,
    seed: options.seed,
    origin: settleOrigin(options),
    accounts: accountsOf(options.seed, options.followersAtOrigin ?? followersDefault),
    mintId: (index, random) => mintDid(`${options.seed}:${index}:${random}`),
    mintHandle,
    stateFile: options.stateFile,
  });
}

/** Each of the roles that this origin plays has its own error form. */
function errorForms(limits: Limits): ErrorForms {
  return {
    failure: (status, request) => {
      if (request.path.startsWith('/oauth/')) {
        const code = status >= 500 ? 'server_error' : status === 401 ? 'invalid_client' : 'invalid_request';
        return oauthErrorReply({ code, status, message: status >= 500 ? 'Server error' : 'Invalid request' });
      }
      if (!request.path.startsWith('/xrpc/')) return jsonReply(status, { message: `Error ${status}` });
      const code = xrpcCodes[status] ?? (status >= 500 ? 'InternalServerError' : 'InvalidRequest');
      return xrpcErrorReply(new XrpcFault(status, code, code.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')));
    },
    rateLimit: () => limits.refuseNow(),
  };
}

/** Who bears a handle or a DID: one of the accounts or a person in any state, for a DID document stays when its bearer is gone. */
function findIdentity(world: World, name: string): { readonly id: string; readonly handle: string } | null {
  const account = world.accounts.find((each) => each.id === name || each.handle === name);
  return account ?? world.person(name) ?? world.personByHandle(name);
}

function showDidDocument(world: World, request: SimulatedRequest): SimulatedReply {
  const did = request.params['did'] ?? '';
  const bearer = did.startsWith('did:plc:') ? findIdentity(world, did) : null;
  if (bearer === null) return jsonReply(404, { message: `DID not registered: ${did}` });
  return jsonReply(200, renderDidDocument(bearer.id, bearer.handle, request.origin), { 'content-type': 'application/did+ld+json' });
}

/** Answers for the handle that the Host header names, as each handle's own server would. */
function showAtprotoDid(world: World, request: SimulatedRequest): SimulatedReply {
  const bearer = findIdentity(world, (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase());
  if (bearer === null) return { status: 404, headers: { 'content-type': 'text/plain' }, body: 'User not found' };
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: bearer.id };
}

function identityRoutes(world: World): readonly SimulatedRoute[] {
  return [
    { name: 'atprotoDid', method: 'GET', path: '/.well-known/atproto-did', handle: (request) => showAtprotoDid(world, request) },
    { name: 'didDocument', method: 'GET', path: '/:did', handle: (request) => showDidDocument(world, request) },
  ];
}

/**
 * Plays, at one origin, what Bluesky spreads over several: personal data server with its authorization server, AppView, PLC
 * directory and handle resolution. Clients register themselves by their client id, so `redirectUris` is not looked at.
 */
export async function startBlueskySimulator(options: BlueskySimulatorOptions): Promise<RunningSimulator> {
  const { clock } = options;
  const world = openWorld(options);
  const sessions = createSessions(options.stateFile, clock);
  const limits = createLimits(clock, options.limitShare ?? 1);
  const proofs = createProofChecker();
  const faults = createFaults({ expireTokens: () => sessions.expireAccessTokens(), revokeGrants: () => sessions.revokeAll() });
  const published = openPostBook({ clock, stateFile: options.stateFile, faults });
  const counts = (): ReturnType<RunningSimulator['counts']> => listening.counts();
  const repo = openRepoStore(options.stateFile, published);
  const secret = randomBytes(32).toString('hex');
  const listening = await listenSimulator({
    port: options.port,
    faults,
    errors: errorForms(limits),
    // One byte more than the largest blob is let in, to be refused in words.
    bodyBytesMax: blobBytesMax + 1,
    routes: [
      ...oauthRoutes({ world, sessions, proofs, clock, signer: createTokenSigner(), fetchClient: options.fetchClient ?? fetch }),
      ...xrpcRoutes({ world, sessions, proofs, clock, faults, limits, secret, repo }),
      ...(options.control === true ? controlRoutes({ world, faults, counts, posts: () => published.all() }) : []),
      ...identityRoutes(world),
    ],
  });
  return {
    network: 'bluesky', origin: listening.origin, world, faults, counts, posts: () => published.all(), close: listening.close,
  };
}
