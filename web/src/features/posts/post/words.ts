import type { Attempt, Post, Target } from '@rookery/contract/posts.ts';

import { formatPlural } from '../../../platform/format.ts';
import type { Shape, Tone } from '../../../ui/badge.tsx';

const outcomeWords: Readonly<Record<Attempt['outcome'], { word: string; tone: Tone; shape: Shape }>> = {
  running: { word: 'Under way', tone: 'info', shape: 'half' },
  published: { word: 'Out', tone: 'success', shape: 'check' },
  refused: { word: 'Refused', tone: 'danger', shape: 'alert' },
  retry: { word: 'Not now', tone: 'warning', shape: 'pause' },
  unknown: { word: 'No clear answer', tone: 'warning', shape: 'quarter' },
  found: { word: 'Found there', tone: 'success', shape: 'check' },
  absent: { word: 'Not there', tone: 'neutral', shape: 'ring' },
  interrupted: { word: 'Interrupted', tone: 'warning', shape: 'pause' },
  canceled: { word: 'Canceled', tone: 'neutral', shape: 'pause' },
};

/** How a try ended, as word and shape. */
export function outcomeOf({ kind, outcome }: Pick<Attempt, 'kind' | 'outcome'>): { word: string; tone: Tone; shape: Shape } {
  return kind === 'delete' && outcome === 'published' ? { ...outcomeWords.published, word: 'Deleted' } : outcomeWords[outcome];
}

/** What was tried: "Sending, part 2". */
export function describeAttempt({ kind, part }: Pick<Attempt, 'kind' | 'part'>, isThread: boolean): string {
  const verb = kind === 'send' ? 'Sending' : kind === 'look' ? 'Looking for it' : 'Deleting';
  return isThread ? `${verb}, part ${part + 1}` : verb;
}

/** How far a destination is, beyond its state: parts of a thread, tries. Null when there is nothing to add. */
export function describeProgress(target: Target, parts: number): string | null {
  const words: string[] = [];
  if (parts > 1 && target.partsPublished > 0) words.push(`${target.partsPublished} of ${parts} parts are out`);
  if (target.isDeleting && target.state !== 'deleted') words.push(target.state === 'published' ? 'being deleted on the network' : 'will be deleted once we know what became of it');
  if (target.attempts > 1) words.push(formatPlural(target.attempts, 'try', 'tries'));
  return words.length === 0 ? null : words.join(' · ').replace(/^./, (letter) => letter.toUpperCase());
}

/** The title of a post's page: what it is now. */
export function titleOf(post: Post): string {
  switch (post.state) {
    case 'draft': return 'Draft';
    case 'scheduled': return 'Scheduled post';
    case 'sending': return 'Going out now';
    case 'unknown': return 'Checking what became of it';
    case 'review': return 'This post needs you';
    case 'published': return 'Published post';
    case 'failed': return 'A post that failed';
    case 'canceled': return 'Canceled post';
    case 'deleted': return 'Deleted post';
  }
}
