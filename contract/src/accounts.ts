import { endpoint } from './endpoint.ts';
import { networkSchema } from './networks.ts';
import { accountLimitsSchema } from './publishing.ts';
import { accountParams, workspaceParams } from './params.ts';
import {
  arrayOf, boolean, done, instant, integer, nullable, object, oneOf, optional, record, string, text, unknown, uuid, type Static,
} from './schema.ts';

/**
 * `connected`: works. `reconnect`: the network or the key refuses our token, a person must consent again.
 * `import`: no connection, filled by data exports. `disconnected`: kept for its history.
 */
export const accountStates = ['connected', 'reconnect', 'import', 'disconnected'] as const;

export const scanStates = ['running', 'complete', 'partial', 'held', 'discarded', 'failed'] as const;
export const scanKinds = ['full', 'new', 'import'] as const;

/** One pass over a follower list, with its completeness certificate. */
export const scanSchema = object({
  id: uuid(),
  accountId: uuid(),
  kind: oneOf(scanKinds),
  /** `partial`: ended early, newcomers only. `held`: complete but implausible, waits for a second scan or a person. */
  state: oneOf(scanStates),
  startedAt: instant(),
  finishedAt: nullable(instant()),
  /** Count that the network stated, null where it states none. */
  stated: nullable(integer()),
  received: integer(),
  pages: integer(),
  cursorClosed: boolean(),
  gained: integer(),
  lost: integer(),
  followers: nullable(integer()),
  /** Why it is held, partial or failed, in words; else null. */
  reason: nullable(string()),
});
export type Scan = Static<typeof scanSchema>;

export const accountSchema = object({
  id: uuid(),
  network: string(),
  networkName: string(),
  simulated: boolean(),
  handle: string(),
  name: string(),
  profileUrl: nullable(string()),
  state: oneOf(accountStates),
  /** Why it has to be reconnected, in words; else null. */
  stateReason: nullable(string()),
  scopesGranted: arrayOf(string()),
  scopesMissing: arrayOf(string()),
  tokenExpiresAt: nullable(instant()),
  connectedAt: instant(),
  /** Whether this network gives follower lists; else counts and imports only. */
  listsFollowers: boolean(),
  followers: nullable(integer()),
  followersAt: nullable(instant()),
  lastScan: nullable(scanSchema),
  nextSyncAt: nullable(instant()),
  /** Of its own server or plan; null where the network has none or they were never read. */
  limits: nullable(accountLimitsSchema),
  /** Most that publishing may cost in a calendar month, in millionths of a US dollar; null: no budget. */
  budgetMicros: nullable(integer()),
});
export type Account = Static<typeof accountSchema>;

export const listNetworks = endpoint({
  id: 'listNetworks', method: 'GET', path: '/api/workspaces/:workspaceId/networks', access: 'accounts:read',
  summary: 'Networks and what each can do here', params: workspaceParams, reply: object({ networks: arrayOf(networkSchema) }),
});

export const listAccounts = endpoint({
  id: 'listAccounts', method: 'GET', path: '/api/workspaces/:workspaceId/accounts', access: 'accounts:read',
  summary: 'Accounts with their health', params: workspaceParams, reply: object({ accounts: arrayOf(accountSchema) }),
});

export const getAccount = endpoint({
  id: 'getAccount', method: 'GET', path: '/api/workspaces/:workspaceId/accounts/:accountId', access: 'accounts:read',
  summary: 'One account', params: accountParams, reply: object({ account: accountSchema }),
});

export const startConnect = endpoint({
  id: 'startConnect', method: 'POST', path: '/api/workspaces/:workspaceId/accounts/connect', access: 'accounts:manage',
  summary: "Begin connecting an account: answers the network's consent page",
  rate: { name: 'oauth:start', max: 5, windowSeconds: 60, guards: 'secret' },
  params: workspaceParams,
  body: object({
    network: text(32),
    /** Address of a server, or a handle, where the network asks for it. */
    address: optional(text(253)),
    /** The account to reconnect; another identity is then refused. */
    accountId: optional(uuid()),
  }),
  reply: object({ authorizeUrl: string() }),
});

export const finishConnect = endpoint({
  id: 'finishConnect', method: 'GET', path: '/api/oauth/:network/callback', access: 'public',
  summary: 'Where a network sends the browser back to; answers 303 to a clean page',
  rate: { name: 'oauth:callback', max: 10, windowSeconds: 60, guards: 'secret' },
  params: object({ network: text(32) }),
  query: object({
    state: optional(text(1000)), code: optional(text(4096)), iss: optional(text(500)),
    error: optional(text(500)), error_description: optional(text(2000)), error_reason: optional(text(500)),
  }),
  replyKind: 'redirect',
});

export const getClientMetadata = endpoint({
  id: 'getClientMetadata', method: 'GET', path: '/oauth/client-metadata.json', access: 'public',
  summary: 'What this server says of itself to networks that ask it instead of registering apps; 404 without https',
  reply: record(string(), unknown()),
});

export const connectWithPassword = endpoint({
  id: 'connectWithPassword', method: 'POST', path: '/api/workspaces/:workspaceId/accounts/app-password', access: 'accounts:manage',
  summary: 'Connect with handle and app password, where the network offers it',
  rate: { name: 'oauth:start', max: 5, windowSeconds: 60, guards: 'secret' },
  params: workspaceParams,
  body: object({ network: text(32), handle: text(253), password: text(200), accountId: optional(uuid()) }),
  reply: object({ account: accountSchema }),
});

export const disconnectAccount = endpoint({
  id: 'disconnectAccount', method: 'POST', path: '/api/workspaces/:workspaceId/accounts/:accountId/disconnect', access: 'accounts:manage',
  summary: 'Revoke the grant at the network, forget the tokens, keep the history', params: accountParams,
  reply: object({ account: accountSchema }),
});

export const setAccountBudget = endpoint({
  id: 'setAccountBudget', method: 'PUT', path: '/api/workspaces/:workspaceId/accounts/:accountId/budget', access: 'accounts:manage',
  summary: 'Set or lift the most that publishing on this account may cost in a calendar month', params: accountParams,
  /** In millionths of a US dollar; null: no budget. */
  body: object({ budgetMicros: nullable(integer({ minimum: 0, maximum: 1_000_000_000_000 })) }),
  reply: object({ account: accountSchema }),
});

export const startSync = endpoint({
  id: 'startSync', method: 'POST', path: '/api/workspaces/:workspaceId/accounts/:accountId/sync', access: 'audience:sync',
  summary: 'Sync the follower list and metrics now', params: accountParams,
  rate: { name: 'accounts:sync', max: 30, windowSeconds: 3600 },
  body: object({ kind: oneOf(['full', 'new']) }),
  reply: object({ ok: boolean() }),
});

export const listScans = endpoint({
  id: 'listScans', method: 'GET', path: '/api/workspaces/:workspaceId/accounts/:accountId/scans', access: 'accounts:read',
  summary: 'Sync log of an account, newest first', params: accountParams,
  query: object({ limit: optional(integer({ minimum: 1, maximum: 200 })) }),
  reply: object({ scans: arrayOf(scanSchema) }),
});

const scanParams = object({ workspaceId: uuid(), accountId: uuid(), scanId: uuid() });

export const releaseScan = endpoint({
  id: 'releaseScan', method: 'POST', path: '/api/workspaces/:workspaceId/accounts/:accountId/scans/:scanId/release', access: 'audience:sync',
  summary: 'Accept a held scan: its leavers are recorded', params: scanParams, reply: object({ scan: scanSchema }),
});

export const discardScan = endpoint({
  id: 'discardScan', method: 'POST', path: '/api/workspaces/:workspaceId/accounts/:accountId/scans/:scanId/discard', access: 'audience:sync',
  summary: 'Throw a held scan away: nothing of it is recorded', params: scanParams, reply: done,
});
