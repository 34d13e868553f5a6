import type { Post, When } from '@rookery/contract/posts.ts';
import type { SlotMoment } from '@rookery/contract/slots.ts';

import { formatWall } from '../../../platform/format.ts';
import { choiceOf, occurrenceAt, resolveChoice, wallTimeOfChoice } from '../when.ts';
import type { EditWhen } from './draft.ts';

/** What the one button will do, in words, and what is sent for it; `when` is null while the time is not complete. */
export interface Primary {
  readonly label: string;
  readonly when: When | null;
  readonly kind: EditWhen['kind'];
  /** The time is asked for, and an owner or admin decides. */
  readonly isAsking: boolean;
}

export interface PrimaryRules {
  readonly zone: string;
  readonly nowMs: number;
  /** Whoever writes may not let it go out by themselves. */
  readonly needsApproval: boolean;
}

/** Exactly what will happen when the button is pressed. */
export function primaryOf(when: EditWhen, post: Post | null, { zone, nowMs, needsApproval }: PrimaryRules): Primary {
  const isAsking = needsApproval && when.kind === 'at';
  const isPlanned = post !== null && post.dueAt !== null;
  if (when.kind === 'draft') return { label: isPlanned ? 'Move back to drafts' : 'Save draft', when: { kind: 'draft' }, kind: 'draft', isAsking };
  if (when.kind === 'now') return { label: 'Publish now', when: { kind: 'now' }, kind: 'now', isAsking };
  const wallTime = wallTimeOfChoice(when.choice);
  const { at, problem } = resolveChoice(when.choice, zone, nowMs);
  if (wallTime === null || at === null || problem !== null) return { label: isAsking ? 'Send for approval' : 'Schedule', when: null, kind: 'at', isAsking };
  const { occurrence } = when.choice;
  const planned: When = { kind: 'at', wallTime, zone, ...(occurrence === null ? {} : { occurrence }) };
  if (isAsking) return { label: 'Send for approval', when: planned, kind: 'at', isAsking };
  const isSameTime = isPlanned && post.dueAt === at.toISOString() && post.state === 'scheduled';
  return { label: isSameTime ? 'Save changes' : `Schedule for ${formatWall(wallTime)}`, when: planned, kind: 'at', isAsking };
}

/** For the next free slot: its time, as far as it is known. The server takes the one that is free when it is asked; approval is asked for that time. */
export function primaryForSlot(slot: SlotMoment | null, post: Post | null, rules: PrimaryRules): Primary {
  const choice = slot === null ? { day: '', time: '', occurrence: null } : choiceOf(slot.wallTime, occurrenceAt(slot.wallTime, rules.zone, slot.at));
  if (rules.needsApproval) return primaryOf({ kind: 'at', choice }, post, rules);
  if (slot === null) return { label: 'Schedule', when: null, kind: 'slot', isAsking: false };
  return { label: `Schedule for ${formatWall(slot.wallTime)}`, when: { kind: 'slot' }, kind: 'slot', isAsking: false };
}
