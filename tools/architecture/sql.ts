import { isTest, type Project } from './project.ts';
import type { Problem, SourceFile } from './source-file.ts';

const statementStart =
  /^\s*(select\s|insert\s+into\s|update\s+[\w."]+(\s+(as\s+)?\w+)?\s+set\s|delete\s+from\s|merge\s+into\s|with\s+(recursive\s+)?\w+(\s*\([^)]*\))?\s+as\s|truncate\s|(create|alter|drop)\s+(table|database|role|index|schema|function|policy)\s|copy\s+[\w."(])/;
const write = /\b(?:(?:insert|merge)\s+into|delete\s+from|truncate(?:\s+table)?)\s+(?:only\s+)?([\w."]+)|\bupdate\s+(?:only\s+)?([\w."]+)(?:\s+(?:as\s+)?\w+)?\s+set\b/gi;

/** SQL stands in queries.ts, where reviewers look for it; and rule 3: each table has one writer. */
export function checkSql({ sources }: Project): Problem[] {
  const server = sources.filter(({ path }) => path.startsWith('server/src/') && !isTest(path));
  return [...server.flatMap(checkPlace), ...checkWriters(server)];
}

function mayHoldSql(path: string): boolean {
  return /(^|\/)([a-z0-9-]+-)?queries\.ts$/.test(path) || /^server\/src\/platform\/(db\/|jobs\/|postgres\/|events\.ts$)/.test(path);
}

function checkPlace({ path, texts }: SourceFile): Problem[] {
  if (mayHoldSql(path)) return [];
  return texts
    .filter(({ value }) => statementStart.test(value))
    .map(({ line }) => ({ file: path, line, rule: 'sql-place', message: 'SQL belongs in queries.ts (or …-queries.ts) of its feature' }));
}

function checkWriters(files: readonly SourceFile[]): Problem[] {
  const writers = new Map<string, { owner: string; file: string }>();
  const problems: Problem[] = [];
  for (const { path, texts } of files) {
    const owner = ownerOf(path);
    for (const { value, line } of texts) {
      for (const table of writtenTables(value)) {
        const known = writers.get(table);
        if (known === undefined) writers.set(table, { owner, file: path });
        else if (known.owner !== owner) {
          problems.push({ file: path, line, rule: 'one-writer', message: `"${table}" is written by ${known.owner} (${known.file}): ask it to write, by a verb or an event` });
        }
      }
    }
  }
  return problems;
}

/** The tables that a piece of SQL writes; a name within a common table expression counts as well, a placeholder does not. */
export function writtenTables(sql: string): string[] {
  return [...sql.matchAll(write)]
    .map((match) => (match[1] ?? match[2] ?? '').replaceAll('"', '').replace(/^rookery\./, ''))
    .filter((table) => /^[a-z_][\w.]*$/.test(table));
}

function ownerOf(path: string): string {
  return path.split('/').slice(2, 4).join('/');
}
