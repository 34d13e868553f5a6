import type { ImportField, ImportReport, ImportRow } from '@rookery/contract/post-import.ts';

import type { Shape, Tone } from '../../../ui/badge.tsx';

/** What a column can hold, in words. */
export const fieldWords: Readonly<Record<ImportField, string>> = {
  when: 'Day and time', date: 'Day', time: 'Time', zone: 'Time zone', occurrence: 'First or second, when clocks go back', accounts: 'Accounts', text: 'Text',
  images: 'Images', altText: 'Image descriptions', firstComment: 'First comment', labels: 'Labels',
};

interface RowWords {
  readonly word: string;
  readonly tone: Tone;
  readonly shape: Shape;
}

const stateWords: Readonly<Record<ImportRow['state'], RowWords>> = {
  ready: { word: 'Ready', tone: 'accent', shape: 'dot' },
  problem: { word: 'Left out', tone: 'warning', shape: 'alert' },
  exists: { word: 'There already', tone: 'neutral', shape: 'ring' },
  created: { word: 'Imported', tone: 'success', shape: 'check' },
};

/** The state of a row; one that is ready without a time says that it becomes a draft. */
export function wordsOf({ state, dueAt }: Pick<ImportRow, 'state' | 'dueAt'>): RowWords {
  return state === 'ready' && dueAt === null ? { word: 'Draft', tone: 'neutral', shape: 'ring' } : stateWords[state];
}

export interface Counts {
  readonly ready: number;
  readonly problem: number;
  readonly exists: number;
  readonly created: number;
}

export function countRows({ rows }: Pick<ImportReport, 'rows'>): Counts {
  const count = (state: ImportRow['state']): number => rows.filter((row) => row.state === state).length;
  return { ready: count('ready'), problem: count('problem'), exists: count('exists'), created: count('created') };
}

/** The choice of columns as the server takes it, after one of them has been given another meaning: no two hold the same. */
export function chooseColumn(fields: readonly (ImportField | null)[], index: number, field: ImportField | null): string {
  return fields.map((other, at) => (at === index ? field : other === field ? null : other)).map((chosen) => chosen ?? '-').join(',');
}
