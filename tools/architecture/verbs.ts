import { isTest, resolveImport, type Project } from './project.ts';
import { featureOf } from './layers.ts';
import { writtenTables } from './sql.ts';
import type { FunctionOf, Problem, SourceFile } from './source-file.ts';

const transactions = ['transaction', 'withWorkspace', 'withScope'];
const permissionCheck = 'requirePermission';
const auditCall = 'recordAudit';
/** Exceptions are written above the function, where a reviewer sees them, with their reason. */
const noPermission = /\bNo permission: \S/;
const noAudit = /\bNo audit: \S/;

interface Fact {
  readonly file: SourceFile;
  readonly fn: FunctionOf;
  writes: boolean;
  checks: boolean;
  audits: boolean;
  readonly calls: readonly string[];
}

/** Rule 5: a verb that opens a writing transaction checks the permission and leaves an audit row. */
export function checkVerbs({ sources }: Project): Problem[] {
  const files = sources.filter(({ path }) => featureOf(path) !== null && !isTest(path));
  const facts = collectFacts(files);
  spread(facts);
  return [...facts.values()].filter(({ fn }) => fn.isExported && fn.isAsync && opensTransaction(fn)).flatMap(checkVerb);
}

function opensTransaction({ names }: FunctionOf): boolean {
  return transactions.some((name) => names.has(name));
}

function checkVerb({ file, fn, writes, checks, audits }: Fact): Problem[] {
  if (!writes) return [];
  const problems: Problem[] = [];
  const problem = (message: string): void => void problems.push({ file: file.path, line: fn.line, rule: 'verb', message: `${fn.name} ${message}` });
  // A user's own session and profile, or a caller who is nobody yet, have no role in a workspace to look at.
  const hasRole = !/\b(\w*System\w*|PublicContext|UserContext|Services)\b/.test(fn.parameters);
  if (hasRole && !checks && !noPermission.test(fn.comment)) {
    problem(`writes without ${permissionCheck}(…); if that is right, say "No permission: why" in the comment above it`);
  }
  if (!audits && !noAudit.test(fn.comment)) {
    problem(`writes without ${auditCall}(…); if that is right, say "No audit: why" in the comment above it`);
  }
  return problems;
}

function collectFacts(files: readonly SourceFile[]): Map<string, Fact> {
  const writers = new Set(files.flatMap((file) => writingQueries(file).map((name) => keyOf(file.path, name))));
  const facts = new Map<string, Fact>();
  for (const file of files) {
    const imported = importedKeys(file);
    for (const fn of file.functions) {
      const calls = [...fn.names].map((name) => imported.get(name) ?? keyOf(file.path, name));
      facts.set(keyOf(file.path, fn.name), {
        file, fn, calls,
        writes: calls.some((key) => writers.has(key)),
        checks: fn.names.has(permissionCheck),
        audits: fn.names.has(auditCall),
      });
    }
  }
  return facts;
}

/** What a function calls, it does: until nothing changes any more, facts go up from the called to the caller. */
function spread(facts: ReadonlyMap<string, Fact>): void {
  for (let hasChanged = true; hasChanged; ) {
    hasChanged = false;
    for (const fact of facts.values()) {
      for (const key of fact.calls) {
        const called = facts.get(key);
        if (called !== undefined && called !== fact && take(fact, called)) hasChanged = true;
      }
    }
  }
}

function take(fact: Fact, called: Fact): boolean {
  const before = [fact.writes, fact.checks, fact.audits].join();
  fact.writes ||= called.writes;
  fact.checks ||= called.checks;
  fact.audits ||= called.audits;
  return before !== [fact.writes, fact.checks, fact.audits].join();
}

function writingQueries({ constants, functions, texts, path }: SourceFile): string[] {
  const named = constants.filter(({ strings }) => strings.some((text) => writtenTables(text).length > 0)).map(({ name }) => name);
  // A query may also be a function that puts its text together.
  const isQueriesFile = /queries\.ts$/.test(path) && texts.some(({ value }) => writtenTables(value).length > 0);
  return isQueriesFile ? [...named, ...functions.filter(({ name }) => /^(insert|update|delete|upsert|merge)/.test(name)).map(({ name }) => name)] : named;
}

function importedKeys({ path, imports }: SourceFile): Map<string, string> {
  const keys = new Map<string, string>();
  for (const { specifier, names } of imports) {
    const target = resolveImport(path, specifier);
    if (target === null) continue;
    for (const [local, exported] of names) keys.set(local, keyOf(target, exported));
  }
  return keys;
}

function keyOf(path: string, name: string): string {
  return `${path}#${name}`;
}
