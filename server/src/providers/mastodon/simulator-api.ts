import { applyListFaults } from '../simulation/faults.ts';
import type { SimulatedRoute } from '../simulation/listen.ts';
import { jsonReply, type SimulatedRequest } from '../simulation/request.ts';
import type { FollowerEdge } from '../simulation/world.ts';
import { renderAccount, renderCredentialAccount, renderInstance, renderPerson, sourceOfAccount } from './simulator-entities.ts';
import { guard, notFound, refuseToken, type Answer as AnswerOf, type ApiParts as Parts } from './simulator-guard.ts';

const followersPerPageDefault = 40;
const followersPerPageMax = 80;

type Answer = AnswerOf<Parts>;

function countFollowers(parts: Parts, accountId: string): number {
  return Math.max(0, parts.world.edgesOf(accountId).length + parts.faults.countSkew);
}

const verifyCredentials: Answer = (parts, { request, token }) => {
  const account = parts.world.account(token?.accountId ?? '');
  if (account === null) return refuseToken('unknown');
  return jsonReply(200, renderCredentialAccount(sourceOfAccount(account, countFollowers(parts, account.id)), request.origin));
};

const showAccount: Answer = (parts, { request }) => {
  const id = request.params['id'] ?? '';
  const account = parts.world.account(id);
  if (account !== null) return jsonReply(200, renderAccount(sourceOfAccount(account, countFollowers(parts, id)), request.origin));
  const person = parts.world.person(id);
  // A person who closed their account is gone; a suspended one is shown blank.
  if (person === null || person.state === 'deactivated') return notFound();
  return jsonReply(200, renderPerson(person, request.origin));
};

/** What `limit_param` of Mastodon makes of any text: a number up to the most allowed, a missing one the default. */
function readLimit(text: string | null): number {
  if (text === null) return followersPerPageDefault;
  const limit = Math.abs(Number.parseInt(text, 10) || 0);
  return Math.min(limit, followersPerPageMax);
}

/** Ruby reads as many digits as there are: text that is no number is 0, and nothing is older than 0. */
function readCursor(text: string | null): number | null {
  if (text === null || text === '') return null;
  return Number.parseInt(text, 10) || 0;
}

function takePage(edges: readonly FollowerEdge[], query: URLSearchParams, limit: number): readonly FollowerEdge[] {
  const maxId = readCursor(query.get('max_id'));
  const sinceId = readCursor(query.get('since_id'));
  const start = maxId === null ? 0 : edges.findIndex((edge) => edge.key < maxId);
  if (start < 0) return [];
  return edges.slice(start, start + limit).filter((edge) => sinceId === null || edge.key > sinceId);
}

/** `next` stands there when the page is full, so a list that fills its last page is followed by an empty page. */
function linkOf(request: SimulatedRequest, page: readonly FollowerEdge[], limit: number): Readonly<Record<string, string>> {
  const first = page.at(0);
  const last = page.at(-1);
  if (first === undefined || last === undefined) return {};
  const given = request.query.get('limit');
  const address = (name: string, key: number): string => {
    const query = new URLSearchParams({ ...(given === null ? {} : { limit: given }), [name]: String(key) });
    return `<${request.origin}${request.path}?${query.toString()}>`;
  };
  const previous = `${address('since_id', first.key)}; rel="prev"`;
  return { link: page.length === limit ? `${address('max_id', last.key)}; rel="next", ${previous}` : previous };
}

/** The ids in the cursors are those of the follow relations, newest first, as in Mastodon's follower_accounts_controller.rb. */
const listFollowers: Answer = (parts, { request }) => {
  const id = request.params['id'] ?? '';
  if (parts.world.account(id) === null) return parts.world.person(id) === null ? notFound() : jsonReply(200, []);
  const limit = readLimit(request.query.get('limit'));
  const page = takePage(applyListFaults(parts.faults, parts.world.edgesOf(id)), request.query, limit);
  const body = page.map((edge) => renderPerson(edge.person, request.origin));
  return jsonReply(200, body, limit === 0 ? {} : linkOf(request, page, limit));
};

const showInstance: Answer = ({ faults }, { request }) => jsonReply(200, renderInstance(request.origin, faults.textLengthMax));

/** The API of the simulated server, as far as an audience and its owner's figures need it. */
export function apiRoutes(parts: Parts): readonly SimulatedRoute[] {
  const readAccounts = ['read', 'read:accounts'];
  const ownAccount = { scopes: [...readAccounts, 'profile'], needsPerson: true };
  const anyone = { scopes: readAccounts, needsPerson: false };
  return [
    {
      name: 'verifyCredentials',
      method: 'GET',
      path: '/api/v1/accounts/verify_credentials',
      handle: guard(parts, ownAccount, verifyCredentials),
    },
    { name: 'account', method: 'GET', path: '/api/v1/accounts/:id', handle: guard(parts, anyone, showAccount) },
    { name: 'followers', method: 'GET', path: '/api/v1/accounts/:id/followers', handle: guard(parts, anyone, listFollowers) },
    { name: 'instance', method: 'GET', path: '/api/v2/instance', handle: (request) => showInstance(parts, { request, token: null }) },
  ];
}
