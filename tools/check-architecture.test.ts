import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { checkArchitecture } from './check-architecture.ts';

/** Writes a small project and answers what the tool says about it, as `file:line rule`. */
function check(files: Readonly<Record<string, string>>): string[] {
  const root = mkdtempSync(join(tmpdir(), 'rookery-architecture-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return checkArchitecture(root).problems.map(({ file, line, rule }) => `${file}:${line} ${rule}`);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const good = 'export const one = 1;\n';
const verbImports = `import { requirePermission } from '../context.ts';\nimport { recordAudit } from '../audit/index.ts';\nimport { insertPost } from './queries.ts';\n`;
const postQueries = { 'server/src/features/posts/queries.ts': "export const insertPost = statement('p', `insert into post (id) values ($1)`);\n" };

test('a project that keeps the rules has no problem', () => {
  assert.deepEqual(check({ 'server/src/app.ts': `import { one } from './platform/one.ts';\nexport { one };\n`, 'server/src/platform/one.ts': good }), []);
});

test('an empty project is an error, never "no problems"', () => {
  assert.throws(() => check({ 'README.md': 'nothing here' }), /No TypeScript file was found/);
});

test('a file that cannot be parsed is an error, never passed over', () => {
  assert.throws(() => check({ 'server/src/app.ts': 'const = ;' }), /app\.ts cannot be parsed/);
});

describe('imports go down', () => {
  const cases: [string, string, string][] = [
    ['platform imports a feature', 'server/src/platform/a.ts', '../features/audit/index.ts'],
    ['a provider imports a feature', 'server/src/providers/a.ts', '../features/audit/index.ts'],
    ['contract imports the server', 'contract/src/a.ts', '../../server/src/platform/b.ts'],
    ['the web app imports the server', 'web/src/platform/a.ts', '../../../server/src/platform/b.ts'],
    ['the design system imports a feature', 'web/src/ui/a.tsx', '../features/posts/b.tsx'],
    ['the product imports a test', 'server/src/platform/a.ts', './b.test.ts'],
    ['the product imports a tool', 'server/src/platform/a.ts', '../../../tools/b.ts'],
  ];
  for (const [what, path, specifier] of cases) {
    test(`${what}: refused, as import, re-export, type import and dynamic import`, () => {
      for (const text of [`import '${specifier}';`, `export * from '${specifier}';`, `import type { A } from '${specifier}';`, `await import('${specifier}');`]) {
        assert.deepEqual(check({ [path]: `// first line\n${text}\n` }), [`${path}:2 layers`]);
      }
    });
  }

  test('the composition root and commands import everything, and everybody the contract', () => {
    assert.deepEqual(check({
      'server/src/app.ts': `import './features/audit/index.ts';\nimport './providers/registry.ts';\n`,
      'server/src/cli/check.ts': `import '../features/audit/index.ts';\nimport '../app.ts';\n`,
      'web/src/ui/a.tsx': `import { b } from '@rookery/contract/b.ts';\nexport const a = b;\n`,
      'tools/a.ts': `import '../server/src/app.ts';\n`,
    }), []);
  });
});

describe('features are ordered', () => {
  test('an earlier feature is reachable through its index.ts only', () => {
    assert.deepEqual(check({
      'server/src/features/posts/a.ts': `import '../accounts/index.ts';\nimport '../accounts/queries.ts';\nimport '../context.ts';\nimport './b.ts';\n`,
    }), ['server/src/features/posts/a.ts:2 feature-order']);
  });

  test('a later feature is not reachable at all', () => {
    assert.deepEqual(check({ 'server/src/features/accounts/a.ts': `import '../posts/index.ts';\n` }), ['server/src/features/accounts/a.ts:1 feature-order']);
  });

  test('what all features share depends on none of them', () => {
    assert.deepEqual(check({ 'server/src/features/context.ts': `import './audit/index.ts';\n` }), ['server/src/features/context.ts:1 feature-order']);
  });

  test('a feature that is not in the list is pointed out', () => {
    assert.deepEqual(check({ 'server/src/features/surprise/a.ts': good }), ['server/src/features/surprise/a.ts:1 feature-order']);
  });
});

describe('generic code never names a network', () => {
  test('in an identifier, a string or a template it is refused; in a comment it may stand', () => {
    assert.deepEqual(check({
      'server/src/platform/a.ts': `// Mastodon does it too\nconst a = 'https://twitter.com';\nfunction readBluesky() {}\nconst b = \`instagram\`;\nconst c = 'x';\n`,
    }), ['server/src/platform/a.ts:2 network-name', 'server/src/platform/a.ts:3 network-name', 'server/src/platform/a.ts:4 network-name', 'server/src/platform/a.ts:5 network-name']);
  });

  test('in the network’s folder, the registry, its icon and tests it is at home', () => {
    const text = `export const name = 'mastodon';\nexport const other = 'x';\n`;
    assert.deepEqual(check({
      'server/src/providers/mastodon/index.ts': text, 'server/src/providers/registry.ts': text, 'web/src/ui/network-mark.tsx': text,
      'server/src/platform/a.test.ts': text, 'server/src/features/imports/dialects/a.ts': text,
    }), []);
  });
});

describe('SQL', () => {
  test('outside queries.ts it is refused', () => {
    const text = 'export const a = `\n  select id from post where id = $1`;\n';
    assert.deepEqual(check({
      'server/src/features/posts/service.ts': text, 'server/src/features/posts/list-queries.ts': text, 'server/src/platform/db/a.ts': text,
      'web/src/ui/a.tsx': `export const a = 'select an account';\n`,
    }), ['server/src/features/posts/service.ts:1 sql-place']);
  });

  test('a table has one writer; reading it is free', () => {
    assert.deepEqual(check({
      'server/src/features/accounts/queries.ts': 'export const a = `insert into account (id) values ($1)`;\n',
      'server/src/features/audience/queries.ts':
        'export const a = `select id from account for update`;\nexport const b = `update account set name = $1`;\nexport const c = `insert into other (id) values ($1) on conflict do update set id = $1`;\n',
    }), ['server/src/features/audience/queries.ts:2 one-writer']);
  });

  test('a write inside a common table expression counts', () => {
    assert.deepEqual(check({
      'server/src/features/accounts/queries.ts': 'export const a = `delete from account where id = $1`;\n',
      'server/src/features/audience/queries.ts': 'export const a = `with gone as (delete from only rookery.account returning id) select * from gone`;\n',
    }), ['server/src/features/audience/queries.ts:1 one-writer']);
  });
});

describe('a verb that writes', () => {
  const service = 'server/src/features/posts/service.ts';
  const verb = (before: string, body: string, context = 'WorkspaceContext'): Record<string, string> => ({
    ...postQueries,
    [service]: `${verbImports}${before}export async function createPost(ctx: ${context}) {\n  ${body}\n}\n`,
  });
  const write = 'await ctx.transaction((db) => db.run(insertPost));';

  test('checks the permission and leaves an audit row', () => {
    assert.deepEqual(check(verb('', write)), [`${service}:4 verb`, `${service}:4 verb`]);
    assert.deepEqual(check(verb('', `requirePermission(ctx, 'p'); ${write}`)), [`${service}:4 verb`]);
    assert.deepEqual(check(verb('', `requirePermission(ctx, 'p'); await ctx.transaction((db) => { db.run(insertPost); recordAudit(db); });`)), []);
  });

  test('is found when a function of its own, or of a neighbour file, does the writing', () => {
    const helper = `import { insertPost } from './queries.ts';\nexport function store(db) { db.run(insertPost); }\n`;
    assert.deepEqual(check({
      ...postQueries,
      'server/src/features/posts/store.ts': helper,
      [service]: `import { store } from './store.ts';\nexport async function createPost(ctx: WorkspaceContext) {\n  await ctx.transaction((db) => inner(db));\n}\nfunction inner(db) { store(db); }\n`,
    }), [`${service}:2 verb`, `${service}:2 verb`]);
  });

  test('needs no permission when the system, or a user on their own behalf, is its caller', () => {
    for (const context of ['SystemContext', 'UserContext', 'PublicContext']) {
      assert.deepEqual(check(verb('', `${write} recordAudit(ctx);`, context)), []);
    }
  });

  test('may give its reason for an exception right above, and only there', () => {
    assert.deepEqual(check(verb('// No permission: a job calls it.\n// No audit: one row per page would say nothing.\n', write)), []);
    assert.deepEqual(check(verb('// No permission:\n// No audit:\n', write)).length, 2);
  });

  test('is left alone when it only reads', () => {
    assert.deepEqual(check({
      'server/src/features/posts/queries.ts': 'export const listPosts = statement(`select id from post`);\n',
      [service]: `import { listPosts } from './queries.ts';\nexport async function readPosts(ctx) { return ctx.transaction((db) => db.many(listPosts)); }\n`,
    }), []);
  });
});

describe('habits', () => {
  test('the environment is read in platform/config, tools and tests only', () => {
    const text = `export const a = process.env['A'];\n`;
    assert.deepEqual(check({
      'server/src/platform/http/a.ts': text, 'server/src/platform/config/a.ts': text, 'tools/a.ts': text, 'server/src/platform/http/a.test.ts': text,
    }), ['server/src/platform/http/a.ts:1 environment']);
  });

  test('400 lines are the limit', () => {
    const lines = (count: number): string => 'export {};\n'.repeat(count);
    assert.deepEqual(check({ 'server/src/a.ts': lines(400), 'server/src/b.ts': lines(401) }), ['server/src/b.ts:1 file-length']);
  });

  test('four folders below src are the limit', () => {
    assert.deepEqual(check({ 'server/src/cli/a/b/c/d.ts': good, 'server/src/cli/a/b/c/d/e.ts': good }), ['server/src/cli/a/b/c/d/e.ts:1 folder-depth']);
  });

  test('names are kebab-case and say what is inside', () => {
    const bad = ['server/src/platform/utils.ts', 'server/src/platform/text-helpers.ts', 'server/src/common/a.ts', 'server/src/myFile.ts'];
    for (const path of bad) assert.deepEqual(check({ [path]: good }), [`${path}:1 file-name`]);
    assert.deepEqual(check({ 'web/vite.config.ts': good, 'server/src/a-b2.test.ts': good }), []);
  });

  test('a type assertion carries its guarantee; "as const" and imports need none', () => {
    assert.deepEqual(check({
      'server/src/a.ts': `export const a = 1 as unknown;\nexport const b = ['c'] as const;\n`,
      'server/src/b.ts': `import * as c from 'node:fs';\n/** Guarantee: whatever. */\nfunction d(value: unknown): string {\n  return value as string;\n}\nexport { c, d as e };\n`,
    }), ['server/src/a.ts:1 assertion']);
  });

  test('nothing mentions a place outside the project but a test its data', () => {
    const shared = ['../sha', 'red'].join('');
    const work = ['/wo', 'rk/'].join('');
    assert.deepEqual(check({
      'server/src/a.ts': good, 'docs/a.md': `see ${shared}/notes.md\n`, 'README.md': `in ${work}main\n`,
      'server/src/a.test.ts': `const data = '${shared}/data/x';\n`, 'server/src/b.test.ts': `const other = '${shared}/notes.md';\n`,
    }), ['docs/a.md:1 stands-alone', 'README.md:1 stands-alone', 'server/src/b.test.ts:1 stands-alone']);
  });
});
