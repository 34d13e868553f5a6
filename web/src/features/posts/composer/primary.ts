import type { Post, When } from '@rookery/contract/posts.ts';

import { formatWall } from '../../../platform/format.ts';
import { resolveChoice, wallTimeOfChoice } from '../when.ts';
import type { EditWhen } from './draft.ts';

/** What the one button will do, in words, and what is sent for it; `when` is null while the time is not complete. */
export interface Primary {
  readonly label: string;
  readonly when: When | null;
  readonly kind: EditWhen['kind'];
}

/** Exactly what will happen when the button is pressed. */
export function primaryOf(when: EditWhen, post: Post | null, zone: string, nowMs: number): Primary {
  const isPlanned = post !== null && post.dueAt !== null;
  if (when.kind === 'draft') return { label: isPlanned ? 'Move back to drafts' : 'Save draft', when: { kind: 'draft' }, kind: 'draft' };
  if (when.kind === 'now') return { label: 'Publish now', when: { kind: 'now' }, kind: 'now' };
  const wallTime = wallTimeOfChoice(when.choice);
  const { at, problem } = resolveChoice(when.choice, zone, nowMs);
  if (wallTime === null || at === null || problem !== null) return { label: 'Schedule', when: null, kind: 'at' };
  const { occurrence } = when.choice;
  const planned: When = { kind: 'at', wallTime, zone, ...(occurrence === null ? {} : { occurrence }) };
  const isSameTime = isPlanned && post.dueAt === at.toISOString() && post.state === 'scheduled';
  return { label: isSameTime ? 'Save changes' : `Schedule for ${formatWall(wallTime)}`, when: planned, kind: 'at' };
}
