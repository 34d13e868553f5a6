import type { ApprovalState } from '@rookery/contract/approval.ts';
import type { Post, TargetState } from '@rookery/contract/posts.ts';

import type { Shape, Tone } from '../../ui/badge.tsx';

interface StateWords {
  readonly word: string;
  readonly tone: Tone;
  readonly shape: Shape;
  /** The left edge of a chip in the calendar. */
  readonly edge: string;
}

/** Each state as word, shape and edge. The word is always there. */
export const stateWords: Readonly<Record<TargetState, StateWords>> = {
  draft: { word: 'Draft', tone: 'neutral', shape: 'ring', edge: 'border-l-control border-dashed' },
  scheduled: { word: 'Scheduled', tone: 'accent', shape: 'dot', edge: 'border-l-accent' },
  sending: { word: 'Publishing', tone: 'info', shape: 'half', edge: 'border-l-info' },
  unknown: { word: 'Checking', tone: 'warning', shape: 'quarter', edge: 'border-l-warning' },
  review: { word: 'Needs you', tone: 'warning', shape: 'alert', edge: 'border-l-warning' },
  published: { word: 'Published', tone: 'success', shape: 'check', edge: 'border-l-success' },
  failed: { word: 'Failed', tone: 'danger', shape: 'alert', edge: 'border-l-danger' },
  canceled: { word: 'Canceled', tone: 'neutral', shape: 'pause', edge: 'border-l-control border-dotted' },
  deleted: { word: 'Deleted', tone: 'neutral', shape: 'ring', edge: 'border-l-control border-dotted' },
};

const approvalWords: Readonly<Partial<Record<ApprovalState, StateWords>>> = {
  requested: { word: 'Needs approval', tone: 'warning', shape: 'quarter', edge: 'border-l-warning border-dashed' },
  'changes-requested': { word: 'Changes wanted', tone: 'warning', shape: 'alert', edge: 'border-l-warning border-dashed' },
};

/** The words of a post: of its state or, for a draft, of where its approval stands. */
export function wordsOf({ state, approval }: { readonly state: TargetState; readonly approval: ApprovalState | null }): StateWords {
  return (state === 'draft' && approval !== null ? approvalWords[approval] : undefined) ?? stateWords[state];
}

/** Nothing of it is out or on its way: text, accounts and time can still change. */
export function isEditable(post: Post): boolean {
  return post.targets.every(({ state, partsPublished }) => partsPublished === 0 && (state === 'draft' || state === 'scheduled' || state === 'failed'));
}

/** It waits for its time or has none yet: opening it means writing on. */
export function isWaiting(post: Post): boolean {
  return post.targets.every(({ state }) => state === 'draft' || state === 'scheduled');
}

/** What is of no use any more, and is shown only to those who ask for it. */
export function isGone(post: Pick<Post, 'state'>): boolean {
  return post.state === 'canceled' || post.state === 'deleted';
}
