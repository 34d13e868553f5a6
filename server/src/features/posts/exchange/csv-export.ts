import { Readable } from 'node:stream';
import { csvLine } from '@rookery/contract/csv.ts';
import type { QueryOf } from '@rookery/contract/endpoint.ts';
import type { exportPosts } from '@rookery/contract/post-files.ts';
import type { Content, Post, Target } from '@rookery/contract/posts.ts';
import { resolveWallTime } from '@rookery/contract/wall-time.ts';
import { canonicalJson } from '../../../platform/crypto/canonical-json.ts';
import type { FileReply } from '../../../platform/http/route.ts';
import { dayOf } from '../../../platform/zoned-days.ts';
import { recordAudit } from '../../audit/index.ts';
import { requirePermission, type WorkspaceContext } from '../../context.ts';
import { contentCells, writeList } from './cells.ts';
import { openPostPages } from './post-pages.ts';

/** Without it spreadsheets take the file for one in an old encoding. */
const byteOrderMark = '\ufeff';
/** The first nine are what the import reads. */
const header = [
  'When', 'Zone', 'Occurrence', 'Accounts', 'Text', 'Images', 'Alt text', 'First comment', 'Labels',
  'State', 'Instant (UTC)', 'Published (UTC)', 'Address', 'Reason', 'Author', 'Post id',
] as const;

/** Posts as a file, a row each; one whose accounts have words of their own takes a row for each of these. */
export async function exportPostList(ctx: WorkspaceContext, query: QueryOf<typeof exportPosts>): Promise<FileReply> {
  requirePermission(ctx, 'posts:read');
  const { from = null, to = null, account = null, state = null, approval = null, search } = query;
  const pages = [await openPostPages(ctx, query)];
  const isWhole = from === null && to === null && state === null && approval === null;
  if (isWhole) pages.push(await openPostPages(ctx, { ...query, state: 'draft' }));
  await ctx.transaction((db) => recordAudit(db, ctx, {
    // The words that were searched for may be somebody's name: only that there were some.
    action: 'post:export', entity: { type: 'workspace', id: ctx.workspace.id, name: ctx.workspace.name },
    metadata: { form: 'csv', from, to, account, state, approval, search: search !== undefined },
  }));
  return {
    type: 'text/csv; charset=utf-8', stream: Readable.from(postLines(pages), { objectMode: false }), bytes: null, isImmutable: false,
    saveAs: `posts-${dayOf(ctx.clock.now(), ctx.workspace.timeZone)}.csv`,
  };
}

async function* postLines(lists: readonly AsyncIterable<readonly Post[]>[]): AsyncGenerator<string> {
  yield byteOrderMark + csvLine(header);
  for (const pages of lists) {
    for await (const posts of pages) yield posts.flatMap(rowsOf).map(csvLine).join('');
  }
}

/** A row for each version of the words, with the accounts that it goes to. */
function rowsOf(post: Post): (string | null)[][] {
  const versions = Map.groupBy(post.targets, ({ content }) => (content === null ? '' : canonicalJson(content)));
  if (versions.size === 0) return [rowOf(post, post.content, [])];
  return [...versions.values()].map((targets) => rowOf(post, targets[0]?.content ?? post.content, targets));
}

function rowOf(post: Post, content: Content, targets: readonly Target[]): (string | null)[] {
  const { text, images, altText, firstComment } = contentCells(content);
  const states = [...new Set(targets.map(({ state }) => state))];
  const join = (values: readonly (string | null)[]): string => values.filter((value) => value !== null).join(' ');
  return [
    post.wallTime, post.zone, occurrenceOf(post), writeList(targets.map(({ network, handle }) => `${network}:${handle}`)), text, images, altText, firstComment,
    writeList(post.labels), states.length === 0 ? post.state : states.join(' '), post.dueAt, join(targets.map(({ publishedAt }) => publishedAt)),
    join(targets.map(({ url }) => url)), join(targets.map(({ reason }) => reason)), post.authorName, post.id,
  ];
}

/** Which of two equal hours it is, when clocks are set back. */
function occurrenceOf({ wallTime, zone, dueAt }: Post): string | null {
  if (wallTime === null || zone === null || dueAt === null) return null;
  const resolved = resolveWallTime(wallTime, zone);
  if (resolved.kind !== 'ambiguous') return null;
  return resolved.second.toISOString() === dueAt ? 'second' : 'first';
}
