import { endpoint } from './endpoint.ts';
import { workspaceParams } from './params.ts';
import { arrayOf, boolean, instant, integer, nullable, object, oneOf, optional, string, text, uuid, zone, type Static } from './schema.ts';

/** Posts of one file at most. */
export const importRowsMax = 500;
export const importBytesMax = 2 * 1024 * 1024;

/**
 * What a column can hold. `when` is `2026-12-01 09:00`, or its two halves stand in `date` and `time`; `occurrence` is `first` or
 * `second` for an hour that comes twice. `accounts` and `labels` are separated by semicolons, an account is a handle or
 * `network:handle`. `text`, `images` (a name or id of the library a line) and `altText` (a line each) may hold several posts of a
 * thread, a line of `---` between two.
 */
export const importFields = ['when', 'date', 'time', 'zone', 'occurrence', 'accounts', 'text', 'images', 'altText', 'firstComment', 'labels'] as const;
export type ImportField = (typeof importFields)[number];

const query = object({
  /** Of the file, for the audit log. */
  name: optional(text(200)),
  /** What rows with a time become. Those without are drafts. */
  as: oneOf(['scheduled', 'draft']),
  /** Of rows that name none; by default the workspace's. */
  zone: optional(zone()),
  /** What each column holds, `-` for nothing: `when,accounts,-,text`. By default as the headers say. */
  columns: optional(text(1000)),
  /** Take rows that repeat words, or share a minute on an account, too. */
  allowRepeats: optional(boolean()),
});

export const importProblemSchema = object({
  /** Header of the column; null for the row as a whole. */
  column: nullable(string()),
  code: string(),
  /** A sentence that says what to do. */
  message: string(),
  /** The row is not imported because of it; else it is only said. */
  isBlocking: boolean(),
});
export type ImportProblem = Static<typeof importProblemSchema>;

/** `ready`: would be imported. `exists`: an earlier import made it of the same words, time and accounts. `created`: imported just now. */
export const importRowStates = ['ready', 'problem', 'exists', 'created'] as const;

export const importRowSchema = object({
  /** As spreadsheets count: the header is row 1. */
  row: integer(),
  state: oneOf(importRowStates),
  problems: arrayOf(importProblemSchema),
  /** The first words, at most 200 characters. */
  text: string(),
  /** Posts of the thread. */
  parts: integer(),
  /** Null: a draft, or a time that cannot be read. */
  wallTime: nullable(string()),
  zone: nullable(string()),
  /** Null for a time that is refused, too. */
  dueAt: nullable(instant()),
  accounts: arrayOf(object({ network: string(), handle: string() })),
  labels: arrayOf(string()),
  postId: nullable(uuid()),
});
export type ImportRow = Static<typeof importRowSchema>;

export const importReportSchema = object({
  separator: oneOf(['comma', 'semicolon', 'tab']),
  columns: arrayOf(object({ header: string(), field: nullable(oneOf(importFields)), sample: string() })),
  /** What has to be said of the columns before rows can be read; null: nothing. */
  needs: nullable(string()),
  rows: arrayOf(importRowSchema),
});
export type ImportReport = Static<typeof importReportSchema>;

export const checkPostImport = endpoint({
  id: 'checkPostImport', method: 'POST', path: '/api/workspaces/:workspaceId/posts/import/check', access: 'posts:write',
  summary: 'Read a CSV file of posts and say of each row what would become of it; nothing is written',
  rate: { name: 'posts:import-check', max: 120, windowSeconds: 3600 }, params: workspaceParams, query,
  bodyKind: 'stream', bodyBytesMax: importBytesMax, reply: importReportSchema,
});

export const importPosts = endpoint({
  id: 'importPosts', method: 'POST', path: '/api/workspaces/:workspaceId/posts/import', access: 'posts:write',
  summary: 'Import the rows of a CSV file that have no problem, all in one step; a repeat makes none of them again',
  rate: { name: 'posts:import', max: 20, windowSeconds: 3600 }, params: workspaceParams, query,
  bodyKind: 'stream', bodyBytesMax: importBytesMax, reply: importReportSchema,
});
