import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { settings, type Setting } from './settings.ts';

const root = join(import.meta.dirname, '../../../..');
const guide = readFileSync(join(root, 'docs/operators-guide.md'), 'utf8');

function rowOf(setting: Setting): string {
  const standard = setting.default === null ? 'unset' : setting.default === '' ? 'empty' : `\`${setting.default}\``;
  return `| \`${setting.name}\` | ${setting.meaning} | ${standard} | ${setting.isSecret ? 'yes' : 'no'} |`;
}

test("the operator's guide has every setting with its meaning and default, in order, and no other", () => {
  const rows = guide.split('\n').filter((line) => /^\| `[A-Z][A-Z0-9_]+` \|/.test(line));
  assert.deepEqual(rows, settings.map(rowOf), 'copy the expected rows into the table of docs/operators-guide.md');
});

test('every file that a document names in code type is there', () => {
  const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: root });
  const named = documents.flatMap((document) =>
    [...readFileSync(join(root, document), 'utf8').matchAll(/`((?:contract|server|web|tools|tests|bench|docs|\.ci)\/[\w./-]+)`/g)]
      .map((match) => ({ document, path: match[1] ?? '' })),
  );
  assert.ok(named.length > 20, 'the documents name no files: is the pattern still right?');
  assert.deepEqual(named.filter(({ path }) => !existsSync(join(root, path))), []);
});
