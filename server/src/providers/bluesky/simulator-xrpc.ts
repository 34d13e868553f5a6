import { applyListFaults } from '../simulation/faults.ts';
import type { SimulatedRoute } from '../simulation/listen.ts';
import { BodyError, jsonReply, type SimulatedReply, type SimulatedRequest } from '../simulation/request.ts';
import type { FollowerEdge, SimulatedPerson } from '../simulation/world.ts';
import { checkScope, readSession, XrpcFault, xrpcErrorReply } from './simulator-auth.ts';
import { showAuthorFeed, showPosts } from './simulator-feed.ts';
import { repoMethods, type RepoParts } from './simulator-repo.ts';
import { createSession, deleteSession, getSession, refreshSession } from './simulator-server.ts';
import { actorOfAccount, actorOfPerson, renderDetailedProfile, renderDidDocument, renderProfileView } from './simulator-views.ts';
import type { Actor } from './simulator-views.ts';

const followersPerPageDefault = 50;
const followersPerPageMax = 100;
const profilesMax = 25;
const atprotoProxy = 'did:web:api.bsky.app#bsky_appview';

export type XrpcParts = RepoParts;

type Answer = (parts: XrpcParts, request: SimulatedRequest) => SimulatedReply;

/** Limits before, error form and limit headers after. Answers to DPoP callers carry the nonce for the next call. */
function guard(parts: XrpcParts, answer: Answer): SimulatedRoute['handle'] {
  return (request) => {
    const reading = parts.limits.countRequest();
    if (reading.isExceeded) return parts.limits.refuse(reading);
    const run = (): SimulatedReply => {
      try {
        return answer(parts, request);
      } catch (error) {
        if (error instanceof XrpcFault) return xrpcErrorReply(error);
        if (error instanceof BodyError) return xrpcErrorReply(new XrpcFault(400, 'InvalidRequest', error.message));
        throw error;
      }
    };
    const reply = run();
    const isDpop = /^DPoP /i.test(request.headers.authorization ?? '');
    const nonce = isDpop ? { 'dpop-nonce': parts.proofs.currentNonce() } : {};
    return { ...reply, headers: { ...parts.limits.headersOf(reading), ...nonce, ...reply.headers } };
  };
}

/** Puts sign-in and scope before an answer that the data server fetches from the AppView. */
function signedIn(method: string, answer: Answer): Answer {
  return (parts, request) => {
    checkScope(readSession(parts, request), method);
    const proxy = request.headers['atproto-proxy'];
    if (proxy !== undefined && proxy !== atprotoProxy) throw new XrpcFault(400, 'InvalidRequest', 'could not resolve proxy did');
    return answer(parts, request);
  };
}

function badParams(message: string): XrpcFault {
  return new XrpcFault(400, 'InvalidRequest', `Error: ${message}`);
}

function need(request: SimulatedRequest, name: string): string {
  const value = request.query.get(name);
  if (value === null || value === '') throw badParams(`Params must have the property "${name}"`);
  return value;
}

function findPerson(parts: XrpcParts, actor: string): SimulatedPerson | null {
  return actor.startsWith('did:') ? parts.world.person(actor) : parts.world.personByHandle(actor.toLowerCase());
}

/** One of the accounts, or an active person; null when there is nobody to show. */
function findActor(parts: XrpcParts, name: string): Actor | null {
  const account = parts.world.accounts.find((each) => each.id === name || each.handle === name.toLowerCase());
  if (account !== undefined) return actorOfAccount(account, Math.max(0, parts.world.edgesOf(account.id).length + parts.faults.countSkew));
  const person = findPerson(parts, name);
  return person?.state === 'active' ? actorOfPerson(person) : null;
}

function requireActor(parts: XrpcParts, name: string, missing: string): Actor {
  const actor = findActor(parts, name);
  if (actor !== null) return actor;
  const state = findPerson(parts, name)?.state;
  if (state === 'suspended') throw new XrpcFault(400, 'AccountTakedown', 'Account has been suspended');
  if (state === 'deactivated') throw new XrpcFault(400, 'AccountDeactivated', 'Account is deactivated');
  throw new XrpcFault(400, 'InvalidRequest', missing);
}

const getProfile: Answer = (parts, request) =>
  jsonReply(200, renderDetailedProfile(requireActor(parts, need(request, 'actor'), 'Profile not found')));

/** Leaves out, without a word, whoever cannot be shown. */
const getProfiles: Answer = (parts, request) => {
  const names = request.query.getAll('actors');
  if (names.length === 0) throw badParams('Params must have the property "actors"');
  if (names.length > profilesMax) throw badParams(`actors must not have more than ${profilesMax} elements`);
  const actors = names.map((name) => findActor(parts, name)).filter((actor) => actor !== null);
  return jsonReply(200, { profiles: actors.map(renderDetailedProfile) });
};

function readLimit(request: SimulatedRequest): number {
  const text = request.query.get('limit');
  if (text === null) return followersPerPageDefault;
  if (!/^-?\d+$/.test(text)) throw badParams('limit must be an integer');
  const limit = Number(text);
  if (limit > followersPerPageMax) throw badParams(`limit can not be greater than ${followersPerPageMax}`);
  if (limit < 1) throw badParams('limit can not be less than 1');
  return limit;
}

function readCursor(request: SimulatedRequest): number {
  const text = request.query.get('cursor');
  if (text === null) return Number.POSITIVE_INFINITY;
  const key = Number.parseInt(text, 36);
  if (!/^[0-9a-z]+$/.test(text) || !Number.isSafeInteger(key)) throw new XrpcFault(400, 'InvalidRequest', 'Malformed cursor');
  return key;
}

/** A real page is often shorter than asked for, since the AppView leaves people out after it has counted: no sign of the end. */
function shortenPage(limit: number, first: FollowerEdge | undefined): number {
  return limit < followersPerPageDefault || first === undefined ? limit : limit - (first.key % 3);
}

const getFollowers: Answer = (parts, request) => {
  const subject = requireActor(parts, need(request, 'actor'), 'Actor not found');
  const limit = readLimit(request);
  const before = readCursor(request);
  const edges = parts.world.account(subject.did) === null ? [] : applyListFaults(parts.faults, parts.world.edgesOf(subject.did));
  const rest = edges.filter((edge) => edge.key < before);
  const page = rest.slice(0, shortenPage(limit, rest[0]));
  const last = page.at(-1);
  return jsonReply(200, {
    subject: renderProfileView(subject),
    followers: page.map((edge) => renderProfileView(actorOfPerson(edge.person))),
    ...(last !== undefined && page.length < rest.length ? { cursor: last.key.toString(36) } : {}),
  });
};

const getAuthorFeed: Answer = (parts, request) =>
  showAuthorFeed(parts, {
    actor: requireActor(parts, need(request, 'actor'), 'Profile not found'),
    limit: readLimit(request),
    cursor: request.query.get('cursor'),
    hasReplies: request.query.get('filter') !== 'posts_no_replies',
  });

const urisMax = 25;

const getPosts: Answer = (parts, request) => {
  const uris = request.query.getAll('uris');
  if (uris.length === 0) throw new XrpcFault(400, 'InvalidRequest', 'Error: Params must have the property "uris"');
  if (uris.length > urisMax) throw badParams(`uris must not have more than ${urisMax} elements`);
  return showPosts(parts, uris, (did) => findActor(parts, did));
};

const resolveHandle: Answer = (parts, request) => {
  const handle = need(request, 'handle').toLowerCase();
  const did = parts.world.accounts.find((each) => each.handle === handle)?.id ?? parts.world.personByHandle(handle)?.id;
  if (did === undefined) throw new XrpcFault(400, 'InvalidRequest', 'Unable to resolve handle');
  return jsonReply(200, { did });
};

const describeRepo: Answer = (parts, request) => {
  const name = need(request, 'repo');
  const actor = findActor(parts, name);
  if (actor === null) {
    const state = findPerson(parts, name)?.state;
    if (state === 'suspended') throw new XrpcFault(400, 'RepoTakendown', `Repo has been taken down: ${name}`);
    if (state === 'deactivated') throw new XrpcFault(400, 'RepoDeactivated', `Repo has been deactivated: ${name}`);
    throw new XrpcFault(400, 'RepoNotFound', `Could not find repo: ${name}`);
  }
  return jsonReply(200, {
    handle: actor.handle,
    did: actor.did,
    didDoc: renderDidDocument(actor.did, actor.handle, request.origin),
    collections: ['app.bsky.actor.profile', 'app.bsky.feed.post', 'app.bsky.graph.follow'],
    handleIsCorrect: true,
  });
};

/** The XRPC methods, each counted under its NSID. */
export function xrpcRoutes(parts: XrpcParts): readonly SimulatedRoute[] {
  const route = (method: 'GET' | 'POST', name: string, answer: Answer): SimulatedRoute => ({
    name,
    method,
    path: `/xrpc/${name}`,
    handle: guard(parts, answer),
  });
  const view = (name: string, answer: Answer): SimulatedRoute => route('GET', name, signedIn(name, answer));
  return [
    route('GET', 'com.atproto.identity.resolveHandle', resolveHandle),
    route('POST', 'com.atproto.server.createSession', createSession),
    route('POST', 'com.atproto.server.refreshSession', refreshSession),
    route('POST', 'com.atproto.server.deleteSession', deleteSession),
    route('GET', 'com.atproto.server.getSession', getSession),
    route('GET', 'com.atproto.repo.describeRepo', describeRepo),
    view('app.bsky.actor.getProfile', getProfile),
    view('app.bsky.actor.getProfiles', getProfiles),
    view('app.bsky.graph.getFollowers', getFollowers),
    view('app.bsky.feed.getAuthorFeed', getAuthorFeed),
    view('app.bsky.feed.getPosts', getPosts),
    ...repoMethods.map(([method, name, answer]) => route(method, name, answer)),
  ];
}
