import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { snippetsMax } from '@rookery/contract/snippets.ts';
import { AppError } from '../../platform/errors.ts';
import type { WorkspaceContext } from '../context.ts';
import { createHarness } from '../testing/harness.ts';
import { changeSnippet, keepSnippet, readSnippets, removeSnippet } from './service.ts';

const { database, owner, stranger } = await createHarness();
const analyst: WorkspaceContext = { ...owner, role: 'analyst' };

const refused = (code: string) => (error: unknown): boolean => error instanceof AppError && error.code === code;

test('words are kept under a name that is there once per kind, whatever its capitals', async () => {
  const { snippet } = await keepSnippet(owner, { kind: 'template', name: 'Opening hours', text: 'We are open from 9 to 5.' });
  await assert.rejects(keepSnippet(owner, { kind: 'template', name: 'OPENING HOURS', text: 'Other words.' }), refused('already-exists'));
  await keepSnippet(owner, { kind: 'signature', name: 'Opening hours', text: '#harbour' });
  const both = await Promise.allSettled(['a', 'b'].map((text) => keepSnippet(owner, { kind: 'template', name: 'At once', text })));
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  const { snippets } = await readSnippets(owner);
  assert.deepEqual(snippets.map(({ kind, name }) => `${kind} ${name}`), ['signature Opening hours', 'template At once', 'template Opening hours']);
  assert.equal(snippet.version, 1);
});

test('a change names the version that it saw, and does not take a name that another one has', async () => {
  const { snippet } = await keepSnippet(owner, { kind: 'template', name: 'To change', text: 'before' });
  await keepSnippet(owner, { kind: 'template', name: 'Taken', text: 'words' });
  await assert.rejects(changeSnippet(owner, snippet.id, { version: 1, name: 'taken', text: 'after' }), refused('already-exists'));
  const changed = await changeSnippet(owner, snippet.id, { version: 1, name: 'to change', text: 'after' });
  assert.deepEqual([changed.snippet.name, changed.snippet.text, changed.snippet.version], ['to change', 'after', 2]);
  await assert.rejects(changeSnippet(owner, snippet.id, { version: 1, name: 'To change', text: 'older' }), refused('conflict'));
});

test('who only reads changes nothing, and another workspace finds nothing', async () => {
  const { snippet } = await keepSnippet(owner, { kind: 'template', name: 'Private', text: 'ours' });
  assert.ok((await readSnippets(analyst)).snippets.some(({ id }) => id === snippet.id));
  for (const work of [
    () => keepSnippet(analyst, { kind: 'template', name: 'Mine', text: 'words' }), () => removeSnippet(analyst, snippet.id),
    () => changeSnippet(analyst, snippet.id, { version: 1, name: 'Mine', text: 'words' }),
  ]) await assert.rejects(work, refused('not-allowed'));
  assert.deepEqual((await readSnippets(stranger)).snippets, []);
  await assert.rejects(changeSnippet(stranger, snippet.id, { version: 1, name: 'Theirs', text: 'words' }), refused('not-found'));
  await assert.rejects(removeSnippet(stranger, snippet.id), refused('not-found'));
});

test('deleting takes it away and leaves an audit event, as every change does', async () => {
  const { snippet } = await keepSnippet(owner, { kind: 'signature', name: 'To delete', text: 'words' });
  await removeSnippet(owner, snippet.id);
  assert.equal((await readSnippets(owner)).snippets.some(({ id }) => id === snippet.id), false);
  await assert.rejects(removeSnippet(owner, snippet.id), refused('not-found'));
  const events = await database.admin(`select action from audit_event where entity_id = $1 order by id`, [snippet.id]);
  assert.deepEqual(events.map((event) => event['action']), ['snippet:create', 'snippet:delete']);
});

test('a workspace keeps only so many, and says what to do then', async () => {
  await database.admin(
    `insert into snippet (workspace_id, id, kind, name, text, author_name, updated_at)
     select $1, gen_random_uuid(), 'template', 'Many ' || n, 'words', 'Ada', now() from generate_series(1, $2) n`,
    [stranger.workspace.id, snippetsMax],
  );
  await assert.rejects(keepSnippet(stranger, { kind: 'template', name: randomUUID(), text: 'one more' }), refused('conflict'));
});
