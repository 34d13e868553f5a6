/** The outcome of a whole test run. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

/** Reads what count-reporter.ts wrote; null when the run ended before its summary. */
export function readCounts(text: string | null): Counts | null {
  if (text === null || text.trim() === '') return null;
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null) return null;
  const { passed, failed, skipped } = { passed: 0, failed: 0, skipped: [], ...parsed };
  return { passed: Number(passed), failed: Number(failed), skipped: Array.isArray(skipped) ? skipped : [] };
}
