import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Static, TSchema } from '@rookery/contract/schema.ts';
import { Check } from 'typebox/value';

/** One named part of a simulator's JSON file. Parts of one file may be written by different owners in one process. */
export interface StateSection<Content> {
  /** Null at first start. A content that does not fit the schema throws. */
  read(): Content | null;
  write(content: Content): void;
}

/** A part of the file, or of memory when `path` is null. Each write replaces the file in one step. */
export function openStateSection<Schema extends TSchema>(
  path: string | null,
  name: string,
  schema: Schema,
): StateSection<Static<Schema>> {
  let memory: Static<Schema> | null = null;
  if (path === null) return { read: () => memory, write: (content) => void (memory = content) };
  return {
    read: () => {
      const content = readSections(path).get(name);
      if (content === undefined) return null;
      if (!Check(schema, content)) {
        throw new Error(`Section "${name}" of ${path} is damaged or from another version; delete the file to start afresh.`);
      }
      return content;
    },
    write: (content) => {
      // Read first: the other sections have other owners. Synchronous, so no write of this process comes between.
      const sections = readSections(path);
      sections.set(name, content);
      mkdirSync(dirname(path), { recursive: true });
      const temporary = `${path}.${process.pid}.tmp`;
      writeFileSync(temporary, JSON.stringify(Object.fromEntries(sections)), { mode: 0o600 });
      renameSync(temporary, path);
    },
  };
}

function readSections(path: string): Map<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
    throw error;
  }
  const parsed: unknown = JSON.parse(text);
  return new Map(typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : []);
}
