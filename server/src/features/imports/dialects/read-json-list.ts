import type { ExportedFollower, RowBatch, UnreadableRow } from './dialect.ts';
import { RowSplitter } from './split-rows.ts';

export interface JsonList {
  readonly path: string;
  readonly text: AsyncIterable<string>;
  readonly wrappers: readonly string[];
  /** The followers of one row, usually one; a string says why there is none. */
  readRow(row: unknown): readonly ExportedFollower[] | string;
}

/** Streams a JSON list as batches of followers. */
export async function* readJsonList(list: JsonList): AsyncGenerator<RowBatch> {
  const splitter = new RowSplitter(list.path, list.wrappers);
  for await (const text of list.text) {
    const rows: ExportedFollower[] = [];
    const unreadable: UnreadableRow[] = [];
    for (const raw of splitter.push(text)) {
      const found = parseRow(raw.text, list);
      if (typeof found === 'string') unreadable.push({ position: raw.position, reason: found });
      else rows.push(...found);
    }
    if (rows.length > 0 || unreadable.length > 0) yield { rows, unreadable };
  }
  splitter.finish();
}

function parseRow(text: string | null, list: JsonList): readonly ExportedFollower[] | string {
  if (text === null) return 'too long';
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch {
    return 'not valid JSON';
  }
  return list.readRow(row);
}
