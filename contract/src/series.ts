import { endpoint } from './endpoint.ts';
import { contentSchema, createRate, labelsInput, targetsInput, targetStates } from './posts.ts';
import { workspaceParams } from './params.ts';
import {
  arrayOf, boolean, day, instant, integer, literal, nullable, object, oneOf, optional, string, union, uuid, zone, type Static,
} from './schema.ts';

const seriesParams = object({ workspaceId: uuid(), seriesId: uuid() });

export const everyWeeksMax = 52;
export const countMax = 1000;

/** Weekdays are 1 for Monday to 7 for Sunday. A month without the day of month has its occurrence on its last day. */
export const repeatSchema = union([
  object({
    kind: literal('weekly'), everyWeeks: integer({ minimum: 1, maximum: everyWeeksMax }),
    weekdays: arrayOf(integer({ minimum: 1, maximum: 7 }), { minItems: 1, maxItems: 7 }),
  }),
  object({ kind: literal('monthly'), dayOfMonth: integer({ minimum: 1, maximum: 31 }) }),
]);
export type Repeat = Static<typeof repeatSchema>;

/** `on`: the last day that it may fall on. `after`: so many occurrences from the start on, whatever became of each. */
export const seriesEndSchema = union([
  object({ kind: literal('never') }),
  object({ kind: literal('on'), date: day() }),
  object({ kind: literal('after'), count: integer({ minimum: 1, maximum: countMax }) }),
]);
export type SeriesEnd = Static<typeof seriesEndSchema>;

/** When a series is posted, by the clock on the wall of a zone. */
const ruleMembers = { repeat: repeatSchema, time: string({ pattern: '^\\d{2}:\\d{2}$', maxLength: 5 }), zone: zone(), end: seriesEndSchema };
export const ruleSchema = object({ ...ruleMembers, startsOn: day() });
export type Rule = Static<typeof ruleSchema>;

/** `ended`: nothing of it will be planned any more. `paused`: nothing is planned until it goes on. */
export const seriesStates = ['active', 'paused', 'ended'] as const;
export type SeriesState = (typeof seriesStates)[number];

export const seriesSchema = object({
  id: uuid(),
  state: oneOf(seriesStates),
  content: contentSchema,
  targets: arrayOf(object({ accountId: uuid(), network: string(), networkName: string(), handle: string(), content: nullable(contentSchema) })),
  labels: arrayOf(string()),
  rule: ruleSchema,
  /** The next ones by the rule; none once it is over or while it is paused. */
  next: arrayOf(object({ date: day(), dueAt: instant() })),
  /** How many are left to come, where the rule says after how many it ends. */
  left: nullable(integer()),
  authorName: string(),
  createdAt: instant(),
  updatedAt: instant(),
  version: integer(),
});
export type Series = Static<typeof seriesSchema>;

export const occurrenceSchema = object({
  postId: uuid(),
  /** The day of the rule that it was made for; `dueAt` is another one where it was moved by hand. */
  date: day(),
  dueAt: nullable(instant()),
  state: oneOf(targetStates),
  /** Changed or moved by hand: it stays as it is when the series changes, pauses or ends. */
  isEdited: boolean(),
});
export type Occurrence = Static<typeof occurrenceSchema>;

const oneReply = object({ series: seriesSchema, occurrences: arrayOf(occurrenceSchema) });

export const createSeries = endpoint({
  id: 'createSeries', method: 'POST', path: '/api/workspaces/:workspaceId/series', access: 'posts:write',
  summary: 'Write a post that repeats: its occurrences are planned as posts, some weeks ahead',
  rate: createRate, params: workspaceParams,
  body: object({
    /** Chosen by the caller; a repeat answers the series that the first call made, and another body under it is refused. */
    requestKey: uuid(),
    content: contentSchema, targets: targetsInput, labels: optional(labelsInput), rule: ruleSchema,
    /** The draft that it was written as; it is removed with the same stroke. */
    postId: optional(uuid()),
    /** Go on although a network may refuse to be sent the same text again, or the same text is planned already. */
    allowDuplicate: optional(boolean()),
  }),
  reply: oneReply,
});

export const changeSeries = endpoint({
  id: 'changeSeries', method: 'PATCH', path: '/api/workspaces/:workspaceId/series/:seriesId', access: 'posts:write',
  summary: 'Change a series from a day on: what has been sent or was changed by hand stays as it is', params: seriesParams,
  body: object({
    version: integer({ minimum: 1 }),
    /** The first day that the change is for; a day that has passed means today. Where it ends after a number, that counts from here. */
    from: day(),
    content: optional(contentSchema), targets: optional(targetsInput), labels: optional(labelsInput), rule: optional(object(ruleMembers)),
    allowDuplicate: optional(boolean()),
  }),
  reply: oneReply,
});

const stateBody = object({ version: integer({ minimum: 1 }) });

export const pauseSeries = endpoint({
  id: 'pauseSeries', method: 'POST', path: '/api/workspaces/:workspaceId/series/:seriesId/pause', access: 'posts:write',
  summary: 'Pause a series: what is planned of it is taken out, but for what was changed by hand', params: seriesParams, body: stateBody, reply: oneReply,
});

export const resumeSeries = endpoint({
  id: 'resumeSeries', method: 'POST', path: '/api/workspaces/:workspaceId/series/:seriesId/resume', access: 'posts:write',
  summary: 'Let a paused series go on, with its next occurrence', params: seriesParams, body: stateBody, reply: oneReply,
});

export const endSeries = endpoint({
  id: 'endSeries', method: 'POST', path: '/api/workspaces/:workspaceId/series/:seriesId/end', access: 'posts:write',
  summary: 'End a series for good: what is planned of it is taken out, but for what was changed by hand', params: seriesParams, body: stateBody, reply: oneReply,
});

export const listSeries = endpoint({
  id: 'listSeries', method: 'GET', path: '/api/workspaces/:workspaceId/series', access: 'posts:read',
  summary: 'Series of posts, newest first; of those that have ended the last hundred', params: workspaceParams,
  reply: object({ series: arrayOf(seriesSchema) }),
});

export const getSeries = endpoint({
  id: 'getSeries', method: 'GET', path: '/api/workspaces/:workspaceId/series/:seriesId', access: 'posts:read',
  summary: 'One series, with what is planned of it', params: seriesParams, reply: oneReply,
});
