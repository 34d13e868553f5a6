import { endpoint } from './endpoint.ts';
import { arrayOf, instant, integer, nullable, object, string, uuid, type Static } from './schema.ts';

/** What one account on a network that charges has spent and will spend in the month, in millionths of a US dollar. */
export const spendingSchema = object({
  accountId: uuid(),
  /** Most that may be spent in the month; null: no budget. */
  budgetMicros: nullable(integer()),
  /** For what is out, may be out, or is on its way, and for reading the figures of what is out. */
  spentMicros: integer(),
  /** For what is planned until the month ends. */
  plannedMicros: integer(),
});
export type Spending = Static<typeof spendingSchema>;

export const listSpending = endpoint({
  id: 'listSpending', method: 'GET', path: '/api/workspaces/:workspaceId/spending', access: 'accounts:read',
  summary: 'What publishing and reading figures of posts have cost this month, of accounts on networks that charge', params: object({ workspaceId: uuid() }),
  reply: object({
    /** The calendar month in the zone of the workspace: its name, and from when to when. */
    month: object({ name: string(), from: instant(), to: instant() }),
    spending: arrayOf(spendingSchema),
  }),
});
