import { instant, nullable, object, oneOf, string, type Static } from './schema.ts';

/**
 * `requested`: waits for an owner or admin. `approved`: let go as it was. `changes-requested`: given back with a note.
 * `withdrawn`: was asked for or given, and does not count any more, as the post was changed or taken out of the plan since.
 */
export const approvalStates = ['requested', 'approved', 'changes-requested', 'withdrawn'] as const;
export type ApprovalState = (typeof approvalStates)[number];

export const noteLengthMax = 2000;

/** What became of asking to let a post go out. */
export const approvalSchema = object({
  state: oneOf(approvalStates),
  /** When it is to go out: wall time in a zone, and the instant that it means. */
  wallTime: string(),
  zone: string(),
  occurrence: nullable(oneOf(['first', 'second'])),
  wantedAt: instant(),
  requestedBy: string(),
  requestedAt: instant(),
  decidedBy: nullable(string()),
  decidedAt: nullable(instant()),
  /** What whoever decided wrote, else what whoever asked did. */
  note: nullable(string()),
});
export type Approval = Static<typeof approvalSchema>;
