import { endpoint } from './endpoint.ts';
import { workspaceParams } from './params.ts';
import {
  arrayOf, boolean, cursor, day, done, instant, integer, nullable, number, object, oneOf, optional, string, text, uuid, type Static,
} from './schema.ts';

export const ranges = ['7d', '30d', '90d', '12m'] as const;
export type Range = (typeof ranges)[number];

/**
 * `gained`: new. `returned`: left before, is back. `lost`: left. `suspended` / `deactivated`: vanished from the
 * list because the network removed or hid them; they did not choose to leave.
 */
export const changeKinds = ['gained', 'returned', 'lost', 'suspended', 'deactivated'] as const;
export type ChangeKind = (typeof changeKinds)[number];

export const personSchema = object({
  key: string(),
  handle: nullable(string()),
  name: nullable(string()),
  verified: nullable(boolean()),
  followers: nullable(integer()),
  profileUrl: nullable(string()),
});
export type Person = Static<typeof personSchema>;

export const changeSchema = object({
  id: string(),
  accountId: uuid(),
  kind: oneOf(changeKinds),
  /** When the scan that saw the change was finished; the change happened between `since` and `at`. */
  at: instant(),
  since: nullable(instant()),
  person: personSchema,
});
export type Change = Static<typeof changeSchema>;

const seriesSchema = arrayOf(object({
  day: day(),
  /** Null where nothing was measured: a gap, never zero. */
  followers: nullable(integer()),
  gained: nullable(integer()),
  lost: nullable(integer()),
  /** Counted by the network without names: shown, but no list stands behind it. */
  countOnly: boolean(),
}));

/** Summary of one account or the whole workspace over a range, in the workspace's days. */
export const audienceSummarySchema = object({
  range: oneOf(ranges),
  timeZone: string(),
  from: day(),
  to: day(),
  followers: nullable(integer()),
  followersBefore: nullable(integer()),
  gained: integer(),
  lost: integer(),
  net: integer(),
  previous: object({ gained: integer(), lost: integer(), net: integer() }),
  series: seriesSchema,
  previousSeries: seriesSchema,
  /** Days with a failed or held scan, with the reason. */
  gaps: arrayOf(object({ day: day(), reason: string() })),
  measuredAt: nullable(instant()),
  /** False when the chosen account's network gives counts only. */
  listsFollowers: boolean(),
});
export type AudienceSummary = Static<typeof audienceSummarySchema>;

export const getAudienceSummary = endpoint({
  id: 'getAudienceSummary', method: 'GET', path: '/api/workspaces/:workspaceId/audience/summary', access: 'audience:read',
  summary: 'Growth, gained and lost over a range', params: workspaceParams,
  rate: { name: 'analytics:dashboard', max: 30, windowSeconds: 60 },
  query: object({ account: optional(uuid()), range: optional(oneOf(ranges)) }),
  reply: audienceSummarySchema,
});

const changeFilters = {
  account: optional(uuid()),
  change: optional(oneOf(['gained', 'lost', 'all'])),
  verified: optional(boolean()),
  q: optional(text(100)),
  from: optional(day()),
  to: optional(day()),
  sort: optional(oneOf(['newest', 'oldest'])),
};
const followerFilters = { account: uuid(), q: optional(text(100)), verified: optional(boolean()) };
const page = { limit: optional(integer({ minimum: 1, maximum: 200 })), cursor: optional(cursor()) };
const csv = { replyKind: 'file', fileTypes: ['text/csv; charset=utf-8'], isReadAudited: true } as const;
const exportRate = { name: 'audience:export', max: 20, windowSeconds: 3600 } as const;

export const listChanges = endpoint({
  id: 'listChanges', method: 'GET', path: '/api/workspaces/:workspaceId/audience/changes', access: 'audience:read',
  summary: 'Who came and who left, newest first, with the exact total', params: workspaceParams,
  rate: { name: 'analytics:followers', max: 20, windowSeconds: 60 },
  query: object({ ...changeFilters, ...page }),
  reply: object({ changes: arrayOf(changeSchema), total: integer(), nextCursor: nullable(cursor()) }),
});

export const exportChanges = endpoint({
  id: 'exportChanges', method: 'GET', path: '/api/workspaces/:workspaceId/audience/changes.csv', access: 'audience:read',
  summary: 'Who came and who left, as a CSV file', params: workspaceParams, rate: exportRate, query: object(changeFilters), ...csv,
});

export const followerSchema = object({
  accountId: uuid(),
  person: personSchema,
  /** When we first saw them follow; null for those who were there at the first scan. */
  since: nullable(instant()),
});
export type Follower = Static<typeof followerSchema>;

export const listFollowers = endpoint({
  id: 'listFollowers', method: 'GET', path: '/api/workspaces/:workspaceId/audience/followers', access: 'audience:read',
  summary: 'Current followers of one account, in the order of the network', params: workspaceParams,
  rate: { name: 'analytics:followers', max: 20, windowSeconds: 60 },
  query: object({ ...followerFilters, ...page }),
  reply: object({ followers: arrayOf(followerSchema), total: nullable(integer()), nextCursor: nullable(cursor()) }),
});

export const exportFollowers = endpoint({
  id: 'exportFollowers', method: 'GET', path: '/api/workspaces/:workspaceId/audience/followers.csv', access: 'audience:read',
  summary: 'Current followers of one account, as a CSV file', params: workspaceParams, rate: exportRate, query: object(followerFilters), ...csv,
});

export const getPerson = endpoint({
  id: 'getPerson', method: 'GET', path: '/api/workspaces/:workspaceId/audience/accounts/:accountId/people/:personKey', access: 'audience:read',
  summary: "One person's history with one account",
  params: object({ workspaceId: uuid(), accountId: uuid(), personKey: string({ pattern: '^\\d{1,19}$', maxLength: 19 }) }),
  reply: object({
    person: personSchema, following: boolean(), firstSeenAt: nullable(instant()),
    history: arrayOf(object({ kind: oneOf(changeKinds), at: instant(), since: nullable(instant()) })),
  }),
});

/** The dashboard in one call: figures, chart, accounts, what needs a person. */
export const getDashboard = endpoint({
  id: 'getDashboard', method: 'GET', path: '/api/workspaces/:workspaceId/dashboard', access: 'audience:read',
  summary: 'How we are doing and what needs attention', params: workspaceParams,
  rate: { name: 'analytics:dashboard', max: 30, windowSeconds: 60 },
  query: object({ range: optional(oneOf(ranges)) }),
  reply: object({
    summary: audienceSummarySchema,
    accounts: arrayOf(object({
      id: uuid(), followers: nullable(integer()), net: integer(), sparkline: arrayOf(nullable(integer())),
    })),
    attention: arrayOf(object({
      kind: oneOf(['reconnect', 'held-scan', 'failed-sync', 'scopes-missing']),
      accountId: uuid(), scanId: nullable(uuid()), message: string(), at: instant(),
    })),
    /** Posts that wait for approval. */
    approvals: integer(),
    /** Posts that failed lately, and those of which nobody knows whether they are out, these first: some of them, and how many there are. */
    posts: arrayOf(object({ id: uuid(), state: oneOf(['review', 'failed']), message: string(), at: instant() })),
    postsTotal: integer(),
    checkedAt: instant(),
  }),
});
export type Dashboard = Static<(typeof getDashboard)['reply']>;

export const importStates = ['receiving', 'reading', 'ready', 'committing', 'committed', 'discarded', 'failed'] as const;

export const importSchema = object({
  id: uuid(),
  accountId: nullable(uuid()),
  state: oneOf(importStates),
  createdAt: instant(),
  files: arrayOf(object({ name: string(), bytes: integer() })),
  /** 0 to 1 while reading or committing. */
  progress: number(),
  preview: nullable(object({
    /** In which form the network wrote the export. */
    dialect: string({ maxLength: 32 }),
    network: string({ maxLength: 32 }),
    /** Handle that the export names as its owner; null when it names none. */
    owner: nullable(string()),
    /** The date the list is taken to be of, and where that date comes from. */
    dated: instant(),
    datedBy: oneOf(['export', 'file', 'person', 'upload']),
    followers: integer(),
    following: nullable(integer()),
    gained: integer(),
    lost: integer(),
    returned: integer(),
    /** True for the first list of this account: all are a starting point, nobody is "new". */
    first: boolean(),
    /** True when the export covers a range of dates only: it can add, and never says who left. */
    rangeOnly: boolean(),
    /** Lines that could not be read, and other things to know, in words. */
    warnings: arrayOf(string()),
    sample: arrayOf(object({ handle: nullable(string()), change: oneOf(['gained', 'lost', 'returned']) })),
  })),
  error: nullable(string()),
});
export type Import = Static<typeof importSchema>;

const importParams = object({ workspaceId: uuid(), importId: uuid() });

export const createImport = endpoint({
  id: 'createImport', method: 'POST', path: '/api/workspaces/:workspaceId/imports', access: 'audience:import',
  summary: 'Begin an import; then send its files', params: workspaceParams,
  rate: { name: 'imports:create', max: 60, windowSeconds: 3600 },
  body: object({
    /** An existing account, or the network and handle of a new import-only account. */
    accountId: optional(uuid()), network: optional(text(32)), handle: optional(text(100)),
  }),
  reply: object({ import: importSchema }),
});

export const sendImportFile = endpoint({
  id: 'sendImportFile', method: 'PUT', path: '/api/workspaces/:workspaceId/imports/:importId/files', access: 'audience:import',
  summary: 'Send one file (a zip or a loose file), at most 512 MB', params: importParams,
  query: object({
    name: text(255),
    /** Milliseconds since 1970 of the file's last change, as the browser knows it. */
    modifiedMs: optional(integer({ minimum: 0, maximum: 8640000000000000 })),
  }),
  bodyKind: 'stream', bodyBytesMax: 536870912,
  reply: object({ import: importSchema }),
});

export const readImport = endpoint({
  id: 'readImport', method: 'POST', path: '/api/workspaces/:workspaceId/imports/:importId/read', access: 'audience:import',
  summary: 'Read the files and prepare the preview', params: importParams,
  body: object({ /** The list's date, where the person knows better than the files. */ dated: optional(instant()) }),
  reply: object({ import: importSchema }),
});

export const getImport = endpoint({
  id: 'getImport', method: 'GET', path: '/api/workspaces/:workspaceId/imports/:importId', access: 'audience:import',
  summary: 'State and preview of an import', params: importParams, reply: object({ import: importSchema }),
});

export const listImports = endpoint({
  id: 'listImports', method: 'GET', path: '/api/workspaces/:workspaceId/imports', access: 'audience:import',
  summary: 'Imports, newest first', params: workspaceParams, reply: object({ imports: arrayOf(importSchema) }),
});

export const commitImport = endpoint({
  id: 'commitImport', method: 'POST', path: '/api/workspaces/:workspaceId/imports/:importId/commit', access: 'audience:import',
  summary: 'Record what the preview showed', params: importParams, reply: object({ import: importSchema }),
});

export const discardImport = endpoint({
  id: 'discardImport', method: 'DELETE', path: '/api/workspaces/:workspaceId/imports/:importId', access: 'audience:import',
  summary: 'Throw the upload away; nothing of it is recorded', params: importParams, reply: done,
});
