import { endpoint } from './endpoint.ts';
import { workspaceParams } from './params.ts';
import { arrayOf, done, instant, integer, object, oneOf, string, text, uuid, type Static } from './schema.ts';

const snippetParams = object({ workspaceId: uuid(), snippetId: uuid() });

export const snippetNameLengthMax = 80;
/** In UTF-16 code units. */
export const snippetTextLengthMax = 5000;
/** A workspace has no more than this many of all kinds. */
export const snippetsMax = 300;

/** `template`: what a post begins with. `signature`: what is put below its words. */
export const snippetKinds = ['template', 'signature'] as const;
export type SnippetKind = (typeof snippetKinds)[number];

/** Words that are kept to be used again. */
export const snippetSchema = object({
  id: uuid(),
  kind: oneOf(snippetKinds),
  name: string(),
  text: string(),
  authorName: string(),
  updatedAt: instant(),
  /** Counts changes; an update names the one it saw. */
  version: integer(),
});
export type Snippet = Static<typeof snippetSchema>;

const oneReply = object({ snippet: snippetSchema });

export const listSnippets = endpoint({
  id: 'listSnippets', method: 'GET', path: '/api/workspaces/:workspaceId/snippets', access: 'posts:read',
  summary: 'Templates and signatures, by name', params: workspaceParams, reply: object({ snippets: arrayOf(snippetSchema) }),
});

export const createSnippet = endpoint({
  id: 'createSnippet', method: 'POST', path: '/api/workspaces/:workspaceId/snippets', access: 'posts:write',
  summary: 'Keep words to be used again. Each name is there once per kind', params: workspaceParams,
  body: object({ kind: oneOf(snippetKinds), name: text(snippetNameLengthMax), text: text(snippetTextLengthMax) }), reply: oneReply,
});

export const updateSnippet = endpoint({
  id: 'updateSnippet', method: 'PATCH', path: '/api/workspaces/:workspaceId/snippets/:snippetId', access: 'posts:write',
  summary: 'Change a template or signature. Posts that were written with it stay as they are', params: snippetParams,
  body: object({ version: integer({ minimum: 1 }), name: text(snippetNameLengthMax), text: text(snippetTextLengthMax) }), reply: oneReply,
});

export const deleteSnippet = endpoint({
  id: 'deleteSnippet', method: 'DELETE', path: '/api/workspaces/:workspaceId/snippets/:snippetId', access: 'posts:write',
  summary: 'Delete a template or signature. Posts that were written with it stay as they are', params: snippetParams, reply: done,
});
