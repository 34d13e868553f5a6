import { approvalSchema, approvalStates } from './approval.ts';
import { endpoint } from './endpoint.ts';
import { postParams, workspaceParams } from './params.ts';
import {
  arrayOf, boolean, cursor, day, instant, integer, literal, nullable, object, oneOf, optional, string, text, union, uuid, zone, type Static,
} from './schema.ts';

const targetParams = object({ workspaceId: uuid(), postId: uuid(), targetId: uuid() });

export const partsMax = 25;
export const targetsMax = 30;
/** Longest text that any server of any network may take, in UTF-16 code units; each account's own limit is checked besides. */
export const partTextLengthMax = 50_000;

/** One post of the network; several make a thread. */
export const partSchema = object({
  text: string({ maxLength: partTextLengthMax }),
  media: arrayOf(object({ mediaId: uuid(), altText: string({ maxLength: 1500 }) }), { maxItems: 20 }),
});
export type Part = Static<typeof partSchema>;

export const contentSchema = object({
  parts: arrayOf(partSchema, { minItems: 1, maxItems: partsMax }),
  /** Posted as a comment right below, where the network has it; null for none. */
  firstComment: nullable(string({ maxLength: 2200 })),
});
export type Content = Static<typeof contentSchema>;

/**
 * `draft`: has no time. `scheduled`: goes out at `dueAt`. `sending`: on its way now. `unknown`: sent, the network's answer was lost, and
 * we are finding out. `review`: that could not be found out, a person decides. `canceled`: deleted before it went out.
 * `deleted`: was published, and is deleted on the network.
 */
export const targetStates = ['draft', 'scheduled', 'sending', 'unknown', 'review', 'published', 'failed', 'canceled', 'deleted'] as const;
export type TargetState = (typeof targetStates)[number];

/** One destination of a post: one account. */
export const targetSchema = object({
  id: uuid(),
  accountId: uuid(),
  network: string(),
  networkName: string(),
  handle: string(),
  simulated: boolean(),
  state: oneOf(targetStates),
  /** The account's own version of the content; null: the post's. */
  content: nullable(contentSchema),
  /** When it is sent or tried again; null for drafts and what is over. */
  dueAt: nullable(instant()),
  /** Why it has not gone out yet, failed or needs a decision, in words; else null. */
  reason: nullable(string()),
  /** Parts of the thread that are out. */
  partsPublished: integer(),
  attempts: integer(),
  publishedAt: nullable(instant()),
  /** Address of the first part on the network, where it says so. */
  url: nullable(string()),
  /** Asked to be deleted while it was on its way. */
  isDeleting: boolean(),
});
export type Target = Static<typeof targetSchema>;

/** The state of a post as a whole: the one of its targets that most wants attention. */
export const postSchema = object({
  id: uuid(),
  state: oneOf(targetStates),
  content: contentSchema,
  labels: arrayOf(string()),
  /** Wall time that was asked for: `2026-11-24T09:00`; of a draft the time it is meant for, or null. It wins over `dueAt` when the zone's rules change. */
  wallTime: nullable(string()),
  zone: nullable(string()),
  dueAt: nullable(instant()),
  targets: arrayOf(targetSchema),
  /** The series that it is an occurrence of, and the day of its rule that it was made for; `isEdited`: the series leaves it alone. */
  series: nullable(object({ id: uuid(), date: day(), isEdited: boolean() })),
  authorName: string(),
  createdAt: instant(),
  updatedAt: instant(),
  /** Null where nobody has asked for approval. */
  approval: nullable(approvalSchema),
  /** Counts changes; an update names the one it saw. */
  version: integer(),
});
export type Post = Static<typeof postSchema>;

export const whenNowSchema = object({ kind: literal('now') });
const wallTimeInput = string({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}$', maxLength: 16 });
export const whenAtSchema = object({
  kind: literal('at'),
  wallTime: wallTimeInput,
  zone: zone(),
  occurrence: optional(oneOf(['first', 'second'])),
});

/**
 * When it goes out. `occurrence` chooses between two equal hours when clocks are set back; without it such a time is
 * refused with code `ambiguous`, and one that the clock skips with code `skipped`.
 */
const whenSchema = union([
  /** Goes out at no time. It may keep one that it is meant for, in the zone or else the workspace's, which the editor begins with. */
  object({ kind: literal('draft'), wallTime: optional(wallTimeInput), zone: optional(zone()), occurrence: optional(oneOf(['first', 'second'])) }),
  whenNowSchema,
  /** The next free slot: the earliest that is free for all chosen accounts that have slots; the others go out with them. */
  object({ kind: literal('slot') }),
  whenAtSchema,
]);
export type When = Static<typeof whenSchema>;

const targetInput = object({ accountId: uuid(), content: nullable(contentSchema) });
export const labelsInput = arrayOf(text(40), { maxItems: 10 });
export const targetsInput = arrayOf(targetInput, { maxItems: targetsMax });
const oneReply = object({ post: postSchema });

/** What counts as writing a post. */
export const createRate = { name: 'posts:create', max: 50, windowSeconds: 3600 } as const;

export const createPost = endpoint({
  id: 'createPost', method: 'POST', path: '/api/workspaces/:workspaceId/posts', access: 'posts:write',
  summary: 'Write a post: a draft, for a time, or for now',
  rate: createRate,
  params: workspaceParams,
  body: object({
    /** Chosen by the caller; a repeat answers the post that the first call made, and another body under it is refused. */
    requestKey: uuid(),
    content: contentSchema, targets: targetsInput, labels: optional(labelsInput), when: whenSchema,
    /** Go on although the same text is planned or was published lately, or the network forbids it on several accounts. */
    allowDuplicate: optional(boolean()),
  }),
  reply: oneReply,
});

export const updatePost = endpoint({
  id: 'updatePost', method: 'PATCH', path: '/api/workspaces/:workspaceId/posts/:postId', access: 'posts:write',
  summary: 'Change a post that has not gone out: content, accounts or time', params: postParams,
  body: object({
    version: integer({ minimum: 1 }),
    content: optional(contentSchema), targets: optional(targetsInput), labels: optional(labelsInput), when: optional(whenSchema),
    allowDuplicate: optional(boolean()),
  }),
  reply: oneReply,
});

const listQuery = object({
  /** Of [from, to); posts without a time are left out. Default: from 30 days ago to 60 days ahead. */
  from: optional(instant()), to: optional(instant()), account: optional(uuid()), state: optional(oneOf(targetStates)),
  /** Only where the approval stands like this. What waits for it is a draft: name `state=draft` too. */
  approval: optional(oneOf(approvalStates)),
  search: optional(text(200)), limit: optional(integer({ minimum: 1, maximum: 1000 })), cursor: optional(cursor()),
});

export const listPosts = endpoint({
  id: 'listPosts', method: 'GET', path: '/api/workspaces/:workspaceId/posts', access: 'posts:read',
  summary: 'Posts by their time; drafts with `state=draft`', params: workspaceParams,
  query: listQuery,
  reply: object({ posts: arrayOf(postSchema), nextCursor: nullable(string()) }),
});

/** A post as the calendar draws it: a line of its words, no content. */
export const calendarPostSchema = object({
  id: uuid(),
  version: integer(),
  state: oneOf(targetStates),
  /** Of drafts only; null elsewhere, and where nobody has asked. */
  approval: nullable(oneOf(approvalStates)),
  /** The first words in one line, at most 160 characters; empty where there are none. */
  line: string(),
  hasMedia: boolean(),
  labels: arrayOf(string()),
  wallTime: nullable(string()),
  zone: nullable(string()),
  dueAt: nullable(instant()),
  /** It is an occurrence of a series. */
  isRepeated: boolean(),
  /** Its time can change: every destination still waits for it. */
  isMovable: boolean(),
  /** Destinations, as places in the reply's `accounts`. */
  accounts: arrayOf(integer()),
});

/** How the reason of a destination in doubt begins; what was found out may follow it. */
export const doubtReason = "We can't tell whether this went out. Look at the account, then choose.";

export const listCalendar = endpoint({
  id: 'listCalendar', method: 'GET', path: '/api/workspaces/:workspaceId/calendar', access: 'posts:read',
  summary: 'Posts by their time without their content, for many at once; drafts with `state=draft`', params: workspaceParams,
  query: listQuery,
  reply: object({
    posts: arrayOf(calendarPostSchema),
    accounts: arrayOf(object({ id: uuid(), network: string(), networkName: string(), handle: string() })),
    nextCursor: nullable(string()),
  }),
});

export const getPost = endpoint({
  id: 'getPost', method: 'GET', path: '/api/workspaces/:workspaceId/posts/:postId', access: 'posts:read',
  summary: 'One post', params: postParams, reply: oneReply,
});

export const publishPost = endpoint({
  id: 'publishPost', method: 'POST', path: '/api/workspaces/:workspaceId/posts/:postId/publish', access: 'posts:publish',
  summary: 'Publish a draft or scheduled post now, before everything that waits',
  rate: { name: 'posts:publish', max: 20, windowSeconds: 3600 },
  params: postParams, body: object({ version: integer({ minimum: 1 }), allowDuplicate: optional(boolean()) }), reply: oneReply,
});

export const deletePost = endpoint({
  id: 'deletePost', method: 'POST', path: '/api/workspaces/:workspaceId/posts/:postId/delete', access: 'posts:write',
  summary: 'Delete a post: what has not been sent will not be, once this has answered; what is out is deleted on the network if asked',
  params: postParams, body: object({ alsoOnNetwork: boolean() }), reply: oneReply,
});

export const retryTarget = endpoint({
  id: 'retryTarget', method: 'POST', path: '/api/workspaces/:workspaceId/posts/:postId/targets/:targetId/retry', access: 'posts:publish',
  summary: 'Try a failed destination again: a thread goes on at the part that failed',
  rate: { name: 'posts:publish', max: 20, windowSeconds: 3600 }, params: targetParams, reply: oneReply,
});

export const resolveTarget = endpoint({
  id: 'resolveTarget', method: 'POST', path: '/api/workspaces/:workspaceId/posts/:postId/targets/:targetId/resolve', access: 'posts:publish',
  summary: 'Decide a destination in review: it is out, send it again, or leave it',
  params: targetParams,
  body: object({ decision: oneOf(['is-published', 'send-again', 'leave']), url: optional(text(2000)) }),
  reply: oneReply,
});

export const attemptOutcomes = ['running', 'published', 'refused', 'retry', 'unknown', 'found', 'absent', 'interrupted', 'canceled'] as const;

/** One try at one part, or one look for it on the network. */
export const attemptSchema = object({
  id: uuid(),
  targetId: uuid(),
  kind: oneOf(['send', 'look', 'delete']),
  /** Index of the part, from 0. */
  part: integer(),
  startedAt: instant(),
  endedAt: nullable(instant()),
  outcome: oneOf(attemptOutcomes),
  /** What happened, in words. */
  detail: nullable(string()),
});
export type Attempt = Static<typeof attemptSchema>;

export const listAttempts = endpoint({
  id: 'listAttempts', method: 'GET', path: '/api/workspaces/:workspaceId/posts/:postId/attempts', access: 'posts:read',
  summary: 'Every try and look of a post, oldest first', params: postParams, reply: object({ attempts: arrayOf(attemptSchema) }),
});
