import { Readable } from 'node:stream';
import type { QueryOf } from '@rookery/contract/endpoint.ts';
import type { exportCalendar } from '@rookery/contract/post-files.ts';
import type { Post, TargetState } from '@rookery/contract/posts.ts';
import type { FileReply } from '../../../platform/http/route.ts';
import { calendarLine, calendarText, calendarTime } from '../../../platform/icalendar.ts';
import { dayOf } from '../../../platform/zoned-days.ts';
import { recordAudit } from '../../audit/index.ts';
import { requirePermission, type WorkspaceContext } from '../../context.ts';
import { titleOf } from '../service.ts';
import { openPostPages } from './post-pages.ts';

/** A post has no length; programs draw one without as a line that nobody can hit. */
const lengthMs = 15 * 60_000;
const over: ReadonlySet<TargetState> = new Set(['canceled', 'deleted']);
const inDoubt: ReadonlySet<TargetState> = new Set(['review', 'failed']);

/** Posts that have a time as a calendar file. */
export async function exportCalendarFile(ctx: WorkspaceContext, query: QueryOf<typeof exportCalendar>): Promise<FileReply> {
  requirePermission(ctx, 'posts:read');
  const { from = null, to = null, account = null, search } = query;
  const pages = await openPostPages(ctx, query);
  await ctx.transaction((db) => recordAudit(db, ctx, {
    action: 'post:export', entity: { type: 'workspace', id: ctx.workspace.id, name: ctx.workspace.name },
    metadata: { form: 'calendar', from, to, account, search: search !== undefined },
  }));
  return answerCalendar(ctx, pages);
}

/** The calendar as it is sent. */
export function answerCalendar(ctx: WorkspaceContext, pages: AsyncIterable<readonly Post[]>): FileReply {
  return {
    type: 'text/calendar; charset=utf-8', stream: Readable.from(calendarLines(ctx, pages), { objectMode: false }), bytes: null, isImmutable: false,
    saveAs: `posts-${dayOf(ctx.clock.now(), ctx.workspace.timeZone)}.ics`,
  };
}

async function* calendarLines(ctx: WorkspaceContext, pages: AsyncIterable<readonly Post[]>): AsyncGenerator<string> {
  const name = calendarText(`${ctx.workspace.name} posts`);
  yield [
    ['BEGIN', 'VCALENDAR'], ['VERSION', '2.0'], ['PRODID', '-//Rookery//Posts//EN'], ['CALSCALE', 'GREGORIAN'], ['NAME', name], ['X-WR-CALNAME', name],
    // How often a program that subscribes should look: RFC 7986 and its forerunner.
    ['REFRESH-INTERVAL;VALUE=DURATION', 'PT1H'], ['X-PUBLISHED-TTL', 'PT1H'],
  ].map(([property = '', value = '']) => calendarLine(property, value)).join('');
  let isEmpty = true;
  for await (const posts of pages) {
    for (const post of posts) {
      isEmpty = false;
      yield eventOf(post, ctx.config.baseUrl);
    }
  }
  yield isEmpty ? emptyCalendar + end : end;
}

const end = calendarLine('END', 'VCALENDAR');
/** A calendar without any component is not one (RFC 5545, 3.6). */
const emptyCalendar = [
  ['BEGIN', 'VTIMEZONE'], ['TZID', 'Etc/UTC'], ['BEGIN', 'STANDARD'], ['DTSTART', '19700101T000000'], ['TZOFFSETFROM', '+0000'],
  ['TZOFFSETTO', '+0000'], ['END', 'STANDARD'], ['END', 'VTIMEZONE'],
].map(([property = '', value = '']) => calendarLine(property, value)).join('');

function eventOf(post: Post, baseUrl: string): string {
  if (post.dueAt === null) return '';
  const startsAt = new Date(post.dueAt);
  const changedAt = calendarTime(new Date(post.updatedAt));
  const address = `${baseUrl}/posts/${post.id}`;
  const properties = [
    ['BEGIN', 'VEVENT'], ['UID', post.id], ['DTSTAMP', changedAt], ['DTSTART', calendarTime(startsAt)],
    ['DTEND', calendarTime(new Date(startsAt.getTime() + lengthMs))], ['SUMMARY', calendarText(titleOf(post))],
    ['DESCRIPTION', calendarText(describe(post, address))], ['URL', publishedAddress(post) ?? address], ['STATUS', statusOf(post.state)],
    // Whoever plans posts is not busy while they go out.
    ['TRANSP', 'TRANSPARENT'], ['LAST-MODIFIED', changedAt], ['SEQUENCE', String(post.version - 1)],
    ...(post.labels.length === 0 ? [] : [['CATEGORIES', post.labels.map(calendarText).join(',')]]), ['END', 'VEVENT'],
  ];
  return properties.map(([property = '', value = '']) => calendarLine(property, value)).join('');
}

function describe({ content, targets }: Post, address: string): string {
  const words = content.parts.map(({ text }) => text).join('\n\n');
  const places = targets.map(({ networkName, handle, state, url }) => `${networkName} ${handle}: ${state}${url === null ? '' : ` ${url}`}`);
  return [words, places.join('\n'), address].filter((block) => block !== '').join('\n\n');
}

/** Networks say where a post is; only web addresses are handed on as one. */
function publishedAddress({ targets }: Post): string | null {
  const urls = targets.flatMap(({ url }) => (url === null ? [] : (URL.parse(url) ?? [])));
  return urls.find(({ protocol }) => protocol === 'https:' || protocol === 'http:')?.href ?? null;
}

function statusOf(state: TargetState): string {
  if (over.has(state)) return 'CANCELLED';
  return inDoubt.has(state) ? 'TENTATIVE' : 'CONFIRMED';
}
