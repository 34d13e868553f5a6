import type { Change, exportChanges, Follower, Person, getPerson, listChanges, listFollowers } from '@rookery/contract/audience.ts';
import type { ParamsOf, QueryOf, ReplyOf } from '@rookery/contract/endpoint.ts';
import { badCursor, readTimeCursor, writeTimeCursor } from '../../platform/cursor.ts';
import type { Db } from '../../platform/db/database.ts';
import { AppError } from '../../platform/errors.ts';
import { endOfDay, isDay, startOfDay } from '../../platform/zoned-days.ts';
import { findAccount, type AccountRow } from '../accounts/index.ts';
import { requirePermission, type WorkspaceContext } from '../context.ts';
import {
  arrivals, countChanges, newestChanges, oldestChanges, onePage, pageBounds, peopleByKeys, personHistory, searchPeople, sumChanges,
  type ChangeRow, type PersonColumns,
} from './list-queries.ts';
import { loadCurrentList, loadList } from './current-list.ts';
import { decodePages } from './pages.ts';
import { readHead } from './queries.ts';

const pageSize = 100;
const keyMax = 2n ** 63n - 1n;

/** Who came and who left, with the exact total of what the filters leave. */
export async function readChanges(ctx: WorkspaceContext, query: QueryOf<typeof listChanges>): Promise<ReplyOf<typeof listChanges>> {
  requirePermission(ctx, 'audience:read');
  const limit = query.limit ?? pageSize;
  const filter = changeFilter(ctx, query);
  const after = query.cursor === undefined ? [null, null, null, null] : parseChangeCursor(query.cursor);
  return ctx.transaction(async (db) => {
    const list = query.sort === 'oldest' ? oldestChanges : newestChanges;
    const rows = await db.many(list, [...filter, ...after, limit + 1]);
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return { changes: page.map(toChange), total: await readTotal(db, filter), nextCursor: last === undefined ? null : changeCursor(last) };
  });
}

/** The parameters that stand for a change list's filters, in the order of `list-queries.ts`. */
export type ChangeFilter = readonly [string, string | null, 1 | -1 | null, Date | null, Date | null, boolean | null, string | null];

export function changeFilter(ctx: WorkspaceContext, query: QueryOf<typeof exportChanges>): ChangeFilter {
  const direction = query.change === 'gained' ? 1 : query.change === 'lost' ? -1 : null;
  const zone = ctx.workspace.timeZone;
  for (const day of [query.from, query.to]) {
    if (day !== undefined && !isDay(day)) throw new AppError('invalid-request', `${day} is not a day of the calendar.`);
  }
  return [
    ctx.workspace.id, query.account ?? null, direction,
    query.from === undefined ? null : startOfDay(query.from, zone), query.to === undefined ? null : endOfDay(query.to, zone),
    query.verified ?? null, query.q === undefined ? null : likePattern(query.q),
  ];
}

async function readTotal(db: Db, filter: ChangeFilter): Promise<number> {
  const [workspaceId, accountId, direction, from, to, verified, pattern] = filter;
  if (verified !== null || pattern !== null) return (await db.one(countChanges, filter)).total;
  const sums = await db.one(sumChanges, [workspaceId, accountId, from, to]);
  if (direction === null) return sums.gained + sums.lost;
  return direction === 1 ? sums.gained : sums.lost;
}

/** What a person typed, to be found anywhere in a handle or name. */
export function likePattern(typed: string): string {
  return `%${typed.trim().replace(/^@/, '').replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}

function changeCursor(row: ChangeRow): string {
  return writeTimeCursor(row.at, row.account_id, [row.direction, row.seq]);
}

function parseChangeCursor(cursor: string): [string, string, string, string] {
  const { at, id, rest: [direction = '', seq = '', ...more] } = readTimeCursor(cursor);
  if (!/^-?1$/.test(direction) || !/^\d{1,18}$/.test(seq) || more.length > 0) throw badCursor();
  return [at, id, direction, seq];
}

function toChange(row: ChangeRow): Change {
  return {
    id: `${row.account_id}:${row.direction}:${row.seq}`, accountId: row.account_id, kind: row.kind,
    at: row.at.toISOString(), since: row.since?.toISOString() ?? null, person: toPerson(row),
  };
}

export function toPerson(row: PersonColumns): Person {
  return { key: row.key, handle: row.handle, name: row.name, verified: row.verified, followers: row.followers, profileUrl: row.profile_url };
}

/** The account's current list, in the network's order; `null` as total where no list is known. */
export async function readFollowers(ctx: WorkspaceContext, query: QueryOf<typeof listFollowers>): Promise<ReplyOf<typeof listFollowers>> {
  requirePermission(ctx, 'audience:read');
  const limit = query.limit ?? pageSize;
  const offset = query.cursor === undefined ? 0 : parseOffset(query.cursor);
  return ctx.transaction(async (db) => {
    const account = await requireAccount(db, ctx, query.account);
    const head = await db.maybe(readHead, [ctx.workspace.id, account.id]);
    if (head === null || head.scan_id === null) return { followers: [], total: null, nextCursor: null };
    const isFiltered = query.q !== undefined || query.verified !== undefined;
    const slice = isFiltered
      ? await filteredKeys(db, ctx, { account, scanId: head.scan_id, query, offset, limit })
      : { keys: await keysAt(db, ctx, { scanId: head.scan_id, offset, limit }), total: head.followers ?? 0 };
    const followers = await describeFollowers(db, ctx, account, slice.keys);
    const next = offset + slice.keys.length;
    return { followers, total: slice.total, nextCursor: next < slice.total && slice.keys.length > 0 ? `o${next}` : null };
  });
}

function parseOffset(cursor: string): number {
  const match = /^o(\d{1,10})$/.exec(cursor);
  if (match === null) throw badCursor();
  return Number(match[1]);
}

/** The account; `not-found` when this workspace has none of this id. */
export async function requireAccount(db: Db, ctx: WorkspaceContext, accountId: string): Promise<AccountRow> {
  const account = await findAccount(db, ctx, accountId);
  if (account === null) throw new AppError('not-found');
  return account;
}

/** A slice of the list by position: only the pages that hold it are read. */
async function keysAt(db: Db, ctx: WorkspaceContext, slice: { scanId: string; offset: number; limit: number }): Promise<bigint[]> {
  const keys: bigint[] = [];
  let start = 0;
  for (const bound of await db.many(pageBounds, [ctx.workspace.id, slice.scanId])) {
    const end = start + bound.n;
    if (end > slice.offset && keys.length < slice.limit) {
      const page = await db.one(onePage, [ctx.workspace.id, slice.scanId, bound.pos]);
      const from = Math.max(0, slice.offset - start);
      keys.push(...decodePages([page]).slice(from, from + slice.limit - keys.length));
    }
    if (keys.length >= slice.limit) break;
    start = end;
  }
  return keys;
}

interface Filtered {
  readonly account: AccountRow;
  readonly scanId: string;
  readonly query: QueryOf<typeof listFollowers>;
  readonly offset: number;
  readonly limit: number;
}

async function filteredKeys(db: Db, ctx: WorkspaceContext, filtered: Filtered): Promise<{ keys: bigint[]; total: number }> {
  const { q, verified } = filtered.query;
  const found = await db.many(searchPeople, [ctx.workspace.id, filtered.account.network, q === undefined ? null : likePattern(q), verified ?? null]);
  const matching = new Set(found.map((row) => BigInt(row.key)));
  const list = await loadList(db, ctx, filtered.scanId);
  const keys = [...list].filter((key) => matching.has(key));
  return { keys: keys.slice(filtered.offset, filtered.offset + filtered.limit), total: keys.length };
}

/** Followers by their keys, in the same order; who is not known any more keeps a place without a name. */
export async function describeFollowers(
  db: Db, ctx: WorkspaceContext, account: AccountRow, keys: readonly bigint[],
): Promise<Follower[]> {
  const texts = keys.map(String);
  const people = new Map((await db.many(peopleByKeys, [ctx.workspace.id, account.network, texts])).map((row) => [row.key, row]));
  const since = new Map((await db.many(arrivals, [ctx.workspace.id, account.id, texts])).map((row) => [row.key, row.at]));
  return texts.map((key) => {
    const row = people.get(key) ?? { key, handle: null, name: null, verified: null, followers: null, profile_url: null };
    return { accountId: account.id, person: toPerson(row), since: since.get(key)?.toISOString() ?? null };
  });
}

/** One person's comings and goings with one account. */
export async function readPerson(ctx: WorkspaceContext, params: ParamsOf<typeof getPerson>): Promise<ReplyOf<typeof getPerson>> {
  requirePermission(ctx, 'audience:read');
  // The path takes nineteen digits, a key is at most this much: beyond it the database would fail rather than find nobody.
  if (BigInt(params.personKey) > keyMax) throw new AppError('not-found');
  return ctx.transaction(async (db) => {
    const account = await requireAccount(db, ctx, params.accountId);
    const [row] = await db.many(peopleByKeys, [ctx.workspace.id, account.network, [params.personKey]]);
    const history = await db.many(personHistory, [ctx.workspace.id, account.id, params.personKey]);
    const isListed = await isInList(db, ctx, account, BigInt(params.personKey));
    // A person known through another account only is none of this account's business.
    if (row === undefined || (history.length === 0 && !isListed)) throw new AppError('not-found');
    const firstCame = history.findLast((change) => change.direction === 1);
    return {
      person: toPerson(row), following: isListed, firstSeenAt: firstCame?.at.toISOString() ?? null,
      history: history.map((change) => ({ kind: change.kind, at: change.at.toISOString(), since: change.since?.toISOString() ?? null })),
    };
  });
}

async function isInList(db: Db, ctx: WorkspaceContext, account: AccountRow, key: bigint): Promise<boolean> {
  const current = await loadCurrentList(db, ctx, account.id);
  return current?.keys.includes(key) ?? false;
}
