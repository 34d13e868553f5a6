import { Readable } from 'node:stream';
import type { exportChanges, exportFollowers, Person } from '@rookery/contract/audience.ts';
import { csvLine } from '@rookery/contract/csv.ts';
import type { QueryOf } from '@rookery/contract/endpoint.ts';
import type { FileReply } from '../../platform/http/route.ts';
import { dayOf } from '../../platform/zoned-days.ts';
import { listAccountRows, type AccountRow } from '../accounts/index.ts';
import { recordAudit } from '../audit/index.ts';
import { requirePermission, type WorkspaceContext } from '../context.ts';
import { loadCurrentList } from './current-list.ts';
import { keysThatMatch, newestChanges, oldestChanges, type ChangeRow } from './list-queries.ts';
import { changeFilter, describeFollowers, likePattern, requireAccount, toPerson, type ChangeFilter } from './lists.ts';

/** Read, written and sent before the next ones are read: what is in memory does not grow with the list. */
const rowsPerTurn = 500;
/** Without it spreadsheets take the file for one in an old encoding. */
const byteOrderMark = '\ufeff';
const personHeader = ['Handle', 'Name', 'Verified', 'Followers', 'Profile'] as const;

/** Who came and who left, by the filters of the list, as a file. */
export async function exportChangeList(ctx: WorkspaceContext, query: QueryOf<typeof exportChanges>): Promise<FileReply> {
  requirePermission(ctx, 'audience:read');
  const filter = changeFilter(ctx, query);
  const accounts = await ctx.transaction(async (db) => {
    const account = query.account === undefined ? null : await requireAccount(db, ctx, query.account);
    const entity = account === null
      ? { type: 'workspace', id: ctx.workspace.id, name: ctx.workspace.name }
      : { type: 'account', id: account.id, name: account.handle };
    // The words that were searched for may be somebody's name: only that there were some.
    const { change = 'all', from = null, to = null, q } = query;
    await recordAudit(db, ctx, { action: 'audience:export', entity, metadata: { list: 'changes', change, from, to, search: q !== undefined } });
    return listAccountRows(db, ctx);
  });
  const pages = changePages(ctx, filter, query.sort === 'oldest' ? oldestChanges : newestChanges);
  return answerFile(ctx, 'changes', changeLines(pages, new Map(accounts.map((account) => [account.id, account]))));
}

async function* changePages(ctx: WorkspaceContext, filter: ChangeFilter, list: typeof newestChanges): AsyncGenerator<readonly ChangeRow[]> {
  let after: readonly [Date | null, string | null, number | null, string | null] = [null, null, null, null];
  for (;;) {
    const rows = await ctx.transaction((db) => db.many(list, [...filter, ...after, rowsPerTurn]));
    yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsPerTurn) return;
    after = [last.at, last.account_id, last.direction, last.seq];
  }
}

async function* changeLines(pages: AsyncIterable<readonly ChangeRow[]>, accounts: ReadonlyMap<string, AccountRow>): AsyncGenerator<string> {
  yield byteOrderMark + csvLine(['Change', 'Seen (UTC)', 'Not before (UTC)', 'Account', 'Network', ...personHeader]);
  for await (const rows of pages) {
    yield rows.map((row) => {
      const account = accounts.get(row.account_id);
      const when = [row.at.toISOString(), row.since?.toISOString() ?? null];
      return csvLine([row.kind, ...when, account?.handle ?? null, account?.network_name ?? null, ...personCells(toPerson(row))]);
    }).join('');
  }
}

/** Who follows an account now, by the filters of the list and in the order of the network, as a file. */
export async function exportFollowerList(ctx: WorkspaceContext, query: QueryOf<typeof exportFollowers>): Promise<FileReply> {
  requirePermission(ctx, 'audience:read');
  const { account, keys } = await ctx.transaction(async (db) => {
    const found = await requireAccount(db, ctx, query.account);
    const list = await loadCurrentList(db, ctx, found.id);
    await recordAudit(db, ctx, {
      action: 'audience:export', entity: { type: 'account', id: found.id, name: found.handle },
      metadata: { list: 'followers', search: query.q !== undefined },
    });
    // Eight bytes a follower are kept from the start: the next list in force takes the pages of this one away.
    return { account: found, keys: list?.keys ?? new BigUint64Array(0) };
  });
  return answerFile(ctx, 'followers', followerLines(ctx, { account, keys, query }));
}

interface FollowerExport {
  readonly account: AccountRow;
  readonly keys: BigUint64Array;
  readonly query: QueryOf<typeof exportFollowers>;
}

async function* followerLines(ctx: WorkspaceContext, { account, keys, query }: FollowerExport): AsyncGenerator<string> {
  yield byteOrderMark + csvLine(['Account', 'Network', 'Follows since (UTC)', ...personHeader]);
  const pattern = query.q === undefined ? null : likePattern(query.q);
  const isFiltered = pattern !== null || query.verified !== undefined;
  for (let start = 0; start < keys.length; start += rowsPerTurn) {
    const slice = [...keys.subarray(start, start + rowsPerTurn)];
    const followers = await ctx.transaction(async (db) => {
      if (!isFiltered) return describeFollowers(db, ctx, account, slice);
      const found = await db.many(keysThatMatch, [ctx.workspace.id, account.network, pattern, query.verified ?? null, slice.map(String)]);
      const matching = new Set(found.map((row) => BigInt(row.key)));
      return describeFollowers(db, ctx, account, slice.filter((key) => matching.has(key)));
    });
    yield followers.map(({ person, since }) => csvLine([account.handle, account.network_name, since, ...personCells(person)])).join('');
  }
}

function personCells({ handle, name, verified, followers, profileUrl }: Person): (string | number | null)[] {
  return [handle, name, verified === null ? null : verified ? 'yes' : 'no', followers, profileUrl];
}

function answerFile(ctx: WorkspaceContext, list: 'changes' | 'followers', lines: AsyncIterable<string>): FileReply {
  return {
    type: 'text/csv; charset=utf-8', stream: Readable.from(lines, { objectMode: false }), bytes: null, isImmutable: false,
    saveAs: `${list}-${dayOf(ctx.clock.now(), ctx.workspace.timeZone)}.csv`,
  };
}
