import type { ReplyOf } from '@rookery/contract/endpoint.ts';
import type { listCalendar, Post } from '@rookery/contract/posts.ts';

type Listed = ReplyOf<typeof listCalendar>;

/** A post as the calendar draws it, with its accounts in place. */
export type CalendarPost = Omit<Listed['posts'][number], 'accounts'> & { readonly accounts: Listed['accounts'] };

const lineLengthMax = 160;

/** A whole post, cut down to what the calendar draws. */
export function fromPost(post: Post): CalendarPost {
  const { id, version, state, approval, labels, wallTime, zone, dueAt, targets, content, series } = post;
  const words = content.parts.map((part) => part.text.trim()).find((text) => text !== '') ?? '';
  return {
    id, version, state, labels, wallTime, zone, dueAt, approval: state === 'draft' ? (approval?.state ?? null) : null,
    line: words.slice(0, lineLengthMax).replaceAll(/\s+/g, ' '),
    hasMedia: content.parts.some((part) => part.media.length > 0),
    isRepeated: series !== null,
    isMovable: dueAt !== null && targets.length > 0 && targets.every((target) => target.state === 'scheduled'),
    accounts: targets.map(({ accountId, network, networkName, handle }) => ({ id: accountId, network, networkName, handle })),
  };
}

/** Its words in one line, for chips and rows. */
export function lineOf({ line, hasMedia }: Pick<CalendarPost, 'line' | 'hasMedia'>): string {
  if (line !== '') return line;
  return hasMedia ? 'Images without text' : 'No text yet';
}

/** The networks a post goes to, each once, in the order of its accounts. */
export function networksOf({ accounts }: Pick<CalendarPost, 'accounts'>): readonly CalendarPost['accounts'][number][] {
  return [...new Map(accounts.map((account) => [account.network, account])).values()];
}
