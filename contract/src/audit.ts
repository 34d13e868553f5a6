import { endpoint } from './endpoint.ts';
import { arrayOf, cursor, instant, integer, nullable, object, oneOf, optional, record, string, text, unknown, uuid, type Static } from './schema.ts';

/** Every action that leaves an audit event, with the sentence that the Audit log shows. `{entity}` is the object's name. */
export const auditActions = {
  'user:sign-up': 'signed up',
  'user:sign-in': 'signed in',
  'user:sign-in-failed': 'failed to sign in',
  'user:sign-out': 'signed out',
  'user:password-change': 'changed their password',
  'user:profile-change': 'changed their profile',
  'workspace:create': 'created the workspace {entity}',
  'workspace:change': 'changed the workspace {entity}',
  'member:join': 'joined as {entity}',
  'member:role-change': 'changed the role of {entity}',
  'member:remove': 'removed {entity}',
  'invitation:create': 'invited {entity}',
  'invitation:revoke': 'took back the invitation of {entity}',
  'oauth:start': 'began connecting {entity}',
  'oauth:connect': 'connected {entity}',
  'oauth:reconnect': 'reconnected {entity}',
  'oauth:refused': 'could not connect {entity}',
  'oauth:refresh': 'renewed the access of {entity}',
  'oauth:expired': 'lost access to {entity}',
  'account:disconnect': 'disconnected {entity}',
  'account:create': 'added {entity} for imports',
  'account:profile-change': 'saw new profile data of {entity}',
  'sync:request': 'asked for a sync of {entity}',
  'sync:start': 'started a sync of {entity}',
  'sync:complete': 'finished a sync of {entity}',
  'sync:partial': 'ended a sync of {entity} early',
  'sync:held': 'held an implausible sync of {entity}',
  'sync:release': 'released a held sync of {entity}',
  'sync:discard': 'threw away a held sync of {entity}',
  'sync:failed': 'could not sync {entity}',
  'metrics:record': 'recorded metrics of {entity}',
  'audience:export': 'downloaded a list of people of {entity}',
  'import:create': 'began an import for {entity}',
  'import:file': 'sent a file for the import of {entity}',
  'import:read': 'read the files of the import for {entity}',
  'import:accept': 'asked to record the import for {entity}',
  'import:commit': 'imported a follower list of {entity}',
  'import:discard': 'threw away an import for {entity}',
  'import:failed': 'could not read the import for {entity}',
  'media:upload': 'added the image {entity}',
  'media:change': 'described the image {entity}',
  'media:reshape': 'made the image {entity} out of another',
  'media:delete': 'deleted the image {entity}',
  'post:create': 'wrote the post {entity}',
  'post:update': 'changed the post {entity}',
  'post:publish-now': 'asked to publish {entity} at once',
  'post:delete': 'deleted the post {entity}',
  'post:publish': 'published {entity}',
  'post:fail': 'could not publish {entity}',
  'post:review': 'needs a decision on {entity}',
  'post:retry': 'asked to try {entity} again',
  'post:resolve': 'decided about {entity}',
  'post:delete-on-network': 'deleted {entity} on the network',
  'post:export': 'downloaded the posts of {entity}',
  'calendar-feed:create': 'made the calendar address {entity}',
  'calendar-feed:revoke': 'ended the calendar address {entity}',
  'demo:create': 'created the demo workspace {entity}',
} as const satisfies Record<string, string>;
export type AuditAction = keyof typeof auditActions;

export const actorKinds = ['user', 'system', 'api-key', 'automation'] as const;

export const auditEventSchema = object({
  id: uuid(),
  at: instant(),
  actor: object({ kind: oneOf(actorKinds), id: nullable(string()), name: string() }),
  action: string(),
  entity: object({ type: string(), id: nullable(string()), name: nullable(string()) }),
  ip: nullable(string()),
  userAgent: nullable(string()),
  metadata: record(string(), unknown()),
});
export type AuditEvent = Static<typeof auditEventSchema>;

export const listAuditEvents = endpoint({
  id: 'listAuditEvents', method: 'GET', path: '/api/workspaces/:workspaceId/audit', access: 'audit:read',
  summary: 'Who did what, when; newest first', params: object({ workspaceId: uuid() }),
  query: object({
    actor: optional(uuid()), action: optional(text(64)), entity: optional(text(64)),
    from: optional(instant()), to: optional(instant()),
    limit: optional(integer({ minimum: 1, maximum: 200 })), cursor: optional(cursor()),
  }),
  reply: object({ events: arrayOf(auditEventSchema), nextCursor: nullable(cursor()) }),
});
