import { endpoint } from './endpoint.ts';
import { boolean, object, oneOf, record, string, unknown, uuid, union, literal, integer, type Static } from './schema.ts';

export const getHealth = endpoint({
  id: 'getHealth', method: 'GET', path: '/api/health', access: 'public', probe: true,
  summary: 'The process answers', reply: object({ ok: boolean() }),
});

export const getReady = endpoint({
  id: 'getReady', method: 'GET', path: '/api/ready', access: 'public', probe: true,
  summary: 'The process can serve: database reachable and migrated', reply: object({ ok: boolean() }),
});

export const getOpenApi = endpoint({
  id: 'getOpenApi', method: 'GET', path: '/api/openapi.json', access: 'public',
  summary: 'This API as OpenAPI 3.1', reply: record(string(), unknown()),
});

/** What changed, for whom: the browser drops the matching queries. Names a topic, carries no data. */
export const eventTopics = ['accounts', 'scans', 'audience', 'imports', 'team', 'audit', 'workspace', 'posts', 'media', 'slots'] as const;
export const liveEventSchema = object({
  workspaceId: uuid(),
  topic: oneOf(eventTopics),
  /** Ids of what changed, where it is one thing. */
  id: union([uuid(), literal('')]),
  /** Count of followers read so far, on `scans` while a scan runs; else 0. */
  progress: integer(),
});
export type LiveEvent = Static<typeof liveEventSchema>;
export type EventTopic = LiveEvent['topic'];

export const streamEvents = endpoint({
  id: 'streamEvents', method: 'GET', path: '/api/workspaces/:workspaceId/events', access: 'workspace:read',
  summary: 'Event stream of what changed', params: object({ workspaceId: uuid() }), replyKind: 'events',
});
