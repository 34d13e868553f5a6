import { endpoint } from '@rookery/contract/endpoint.ts';
import {
  arrayOf,
  boolean,
  instant,
  integer,
  nullable,
  number,
  object,
  oneOf,
  optional,
  string,
  text,
  uuid,
} from '@rookery/contract/schema.ts';

/** The one workspace that the test's product knows, and one that it does not. */
export const bounds = {
  workspaceId: '018f2b6e-0000-7000-8000-000000000001',
  otherId: '018f2b6e-0000-7000-8000-000000000002',
} as const;

const itemSchema = object({
  id: uuid(),
  name: string(),
  size: nullable(integer()),
  at: instant(),
  kind: oneOf(['a', 'b']),
  big: optional(number()),
});

export const listItems = endpoint({
  id: 'listItems',
  method: 'GET',
  path: '/api/workspaces/:workspaceId/items',
  access: 'workspace:read',
  summary: 'Items',
  params: object({ workspaceId: uuid() }),
  query: object({
    limit: optional(integer({ minimum: 1, maximum: 200 })),
    verified: optional(boolean()),
    q: optional(text(10)),
    mode: optional(text(20)),
  }),
  reply: object({ items: arrayOf(itemSchema), owner: nullable(object({ name: string() })) }),
});
export const createItem = endpoint({
  id: 'createItem',
  method: 'POST',
  path: '/api/items',
  access: 'user',
  summary: 'Create',
  body: object({ name: text(80), tags: optional(arrayOf(text(20))), inner: optional(object({ 'a/b': optional(integer()) })) }),
  reply: object({ name: string(), userId: string() }),
});
export const echo = endpoint({
  id: 'echo',
  method: 'GET',
  path: '/api/echo',
  access: 'public',
  summary: 'Facts',
  reply: object({ ip: string(), userAgent: string() }),
});
export const fail = endpoint({
  id: 'fail',
  method: 'GET',
  path: '/api/fail',
  access: 'public',
  summary: 'Throws',
  query: object({ code: optional(text(40)) }),
  reply: object({}),
});
export const signInHere = endpoint({
  id: 'signInHere',
  method: 'POST',
  path: '/api/sign-in',
  access: 'public',
  summary: 'Session',
  secretReply: true,
  reply: object({ csrfToken: string() }),
});
export const signOutHere = endpoint({
  id: 'signOutHere',
  method: 'POST',
  path: '/api/sign-out',
  access: 'user',
  summary: 'End',
  reply: object({ csrfToken: string() }),
});
export const sendBytes = endpoint({
  id: 'sendBytes',
  method: 'PUT',
  path: '/api/bytes',
  access: 'user',
  summary: 'Stream',
  bodyKind: 'stream',
  bodyBytesMax: 1_000_000,
  query: object({ slow: optional(boolean()), ignore: optional(boolean()) }),
  reply: object({ bytes: integer(), chunks: integer() }),
});
export const goTo = endpoint({
  id: 'goTo',
  method: 'GET',
  path: '/api/go',
  access: 'public',
  summary: 'Redirect',
  query: object({ to: text(200) }),
  replyKind: 'redirect',
});
export const follow = endpoint({
  id: 'follow',
  method: 'GET',
  path: '/api/follow',
  access: 'user',
  summary: 'Events',
  replyKind: 'events',
});
export const probe = endpoint({
  id: 'probe',
  method: 'GET',
  path: '/api/probe',
  access: 'public',
  summary: 'Probe',
  probe: true,
  reply: object({ ok: boolean() }),
});
export const longText = endpoint({
  id: 'longText',
  method: 'GET',
  path: '/api/long',
  access: 'public',
  summary: 'Compressible',
  query: object({ length: integer() }),
  reply: object({ text: string() }),
});
export const longSecret = endpoint({ ...longText, id: 'longSecret', path: '/api/long-secret', secretReply: true });
export const getFile = endpoint({
  id: 'getFile',
  method: 'GET',
  path: '/api/file',
  access: 'user',
  summary: 'File',
  query: object({ saveAs: optional(text(400)), mode: optional(text(20)) }),
  replyKind: 'file',
  fileTypes: ['image/png', 'text/csv; charset=utf-8'],
});
