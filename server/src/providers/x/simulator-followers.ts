import { hashParts } from '../simulation/random.ts';
import type { FollowerEdge } from '../simulation/world.ts';
import { InvalidParameter } from './simulator-parameters.ts';

interface Meta {
  readonly result_count: number;
  readonly next_token?: string;
  readonly previous_token?: string;
}

/** Where a page begins: after (older than) or before (newer than) the row with this key. */
interface Cursor {
  readonly direction: 'older' | 'newer';
  readonly key: number;
}

/** One page of `GET /2/users/:id/followers`, newest first, with cursors that hold while the list changes. */
export function readFollowersPage(input: { accountId: string; edges: readonly FollowerEdge[]; query: URLSearchParams }): {
  readonly rows: readonly FollowerEdge[];
  readonly meta: Meta;
} {
  const { accountId, edges, query } = input;
  const size = readSize(query.get('max_results'));
  const cursor = readCursor(accountId, query.get('pagination_token'));
  const start = startOf(edges, cursor, size);
  const end = cursor?.direction === 'newer' ? Math.min(start + size, firstOlder(edges, cursor.key + 1)) : start + size;
  const rows = edges.slice(start, end);
  const first = rows[0];
  const last = rows.at(-1);
  const hasOlder = last !== undefined && edges.at(-1) !== last;
  const meta = {
    result_count: rows.length,
    ...(hasOlder && { next_token: writeCursor(accountId, { direction: 'older', key: last.key }) }),
    ...(first !== undefined && start > 0 && { previous_token: writeCursor(accountId, { direction: 'newer', key: first.key }) }),
  };
  return { rows, meta };
}

function startOf(edges: readonly FollowerEdge[], cursor: Cursor | null, size: number): number {
  if (cursor === null) return 0;
  if (cursor.direction === 'older') return firstOlder(edges, cursor.key);
  return Math.max(0, firstOlder(edges, cursor.key + 1) - size);
}

/** Position of the first row older than the key; keys fall. */
function firstOlder(edges: readonly FollowerEdge[], key: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((edges[middle]?.key ?? -Infinity) >= key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function readSize(text: string | null): number {
  if (text === null) return 100;
  const size = Number(text);
  if (Number.isInteger(size) && size >= 1 && size <= 1000) return size;
  throw new InvalidParameter('max_results', text, `The \`max_results\` query parameter value [${text}] is not between 1 and 1000`);
}

function writeCursor(accountId: string, cursor: Cursor): string {
  const body = `${cursor.direction === 'older' ? 'o' : 'n'}${cursor.key.toString(36)}`;
  return `${body}${checkOf(accountId, body)}`;
}

function readCursor(accountId: string, token: string | null): Cursor | null {
  if (token === null) return null;
  const body = token.slice(0, -7);
  const key = Number.parseInt(body.slice(1), 36);
  if (!/^[on][0-9a-z]{14,}$/.test(token) || checkOf(accountId, body) !== token.slice(-7)) {
    throw new InvalidParameter('pagination_token', token, `The \`pagination_token\` query parameter value [${token}] is not valid`);
  }
  return { direction: body.startsWith('o') ? 'older' : 'newer', key };
}

/** Ties a token to its account, so that one of another list is refused. */
function checkOf(accountId: string, body: string): string {
  const codes = [...`${accountId} ${body}`].map((character) => character.charCodeAt(0));
  return hashParts(...codes).toString(36).padStart(7, '0').slice(-7);
}
