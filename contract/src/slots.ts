import { endpoint } from './endpoint.ts';
import { accountParams, workspaceParams } from './params.ts';
import { arrayOf, boolean, instant, integer, nullable, object, optional, string, uuid, type Static } from './schema.ts';

/** Slots that one account can have in a week. */
export const slotsMax = 70;
/** How far ahead a free slot is looked for. */
export const slotDaysMax = 90;
export const freeSlotsMax = 2000;

/** A time of the week at which an account likes to post. */
export const slotSchema = object({
  /** 1 Monday to 7 Sunday, as ISO 8601 counts. */
  weekday: integer({ minimum: 1, maximum: 7 }),
  /** Wall time in the workspace's zone, as `09:00`. */
  time: string({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', maxLength: 5 }),
});
export type Slot = Static<typeof slotSchema>;

/** A slot of the calendar: a wall time of the workspace's zone, and the instant that it is. */
export const slotMomentSchema = object({ wallTime: string(), at: instant() });
export type SlotMoment = Static<typeof slotMomentSchema>;

export const accountSlotsSchema = object({
  accountId: uuid(),
  handle: string(),
  /** In order of the week. */
  slots: arrayOf(slotSchema),
  /** Changes with the slots; a replacement names the one it saw. */
  version: string(),
  /** Null when there is none within 90 days, or the account is not connected. */
  nextFree: nullable(slotMomentSchema),
});
export type AccountSlots = Static<typeof accountSlotsSchema>;

export const listSlots = endpoint({
  id: 'listSlots', method: 'GET', path: '/api/workspaces/:workspaceId/slots', access: 'posts:read',
  summary: 'The weekly posting slots of every account that can publish', params: workspaceParams,
  reply: object({
    /** The zone of the wall times. */
    zone: string(),
    accounts: arrayOf(accountSlotsSchema),
  }),
});

export const replaceSlots = endpoint({
  id: 'replaceSlots', method: 'PUT', path: '/api/workspaces/:workspaceId/accounts/:accountId/slots', access: 'accounts:manage',
  summary: 'Set the weekly posting slots of an account; posts that have a time keep it', params: accountParams,
  body: object({
    slots: arrayOf(slotSchema, { maxItems: slotsMax }),
    /** The version that was seen: a change by somebody else since then is refused. Without it the last writer wins. */
    version: optional(string({ pattern: '^[0-9a-f]{16}$', maxLength: 16 })),
  }),
  reply: object({ account: accountSlotsSchema }),
});

export const listFreeSlots = endpoint({
  id: 'listFreeSlots', method: 'GET', path: '/api/workspaces/:workspaceId/slots/free', access: 'posts:read',
  summary: 'Slots to come at which nothing is planned, earliest first; hours that the clock skips are left out', params: workspaceParams,
  query: object({
    account: optional(uuid()),
    /** Of [from, to), at most 90 days of it. Default: the 90 days from now. What has passed is left out. */
    from: optional(instant()), to: optional(instant()),
    limit: optional(integer({ minimum: 1, maximum: freeSlotsMax })),
  }),
  reply: object({
    zone: string(),
    /** One entry for each time, with the accounts that are free then. */
    slots: arrayOf(object({ wallTime: string(), at: instant(), accountIds: arrayOf(uuid()) })),
    /** There are more than the limit. */
    isCut: boolean(),
  }),
});
export type FreeSlot = Static<typeof listFreeSlots.reply>['slots'][number];

export const findNextSlot = endpoint({
  id: 'findNextSlot', method: 'POST', path: '/api/workspaces/:workspaceId/slots/next', access: 'posts:read',
  summary: 'The slot that a post for these accounts would get now: the earliest that is free for all of them that have slots', params: workspaceParams,
  body: object({
    accountIds: arrayOf(uuid(), { maxItems: 30 }),
    /** The post that looks for a time: the slot that it has counts as free. */
    postId: optional(uuid()),
  }),
  reply: object({
    zone: string(),
    slot: nullable(slotMomentSchema),
    /** Why there is none and what to do, in words; else null. */
    reason: nullable(string()),
    /** Accounts that have no slots: they go out at the same time as the others. */
    withoutSlots: arrayOf(uuid()),
  }),
});
