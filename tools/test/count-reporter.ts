import type { TestEvent } from 'node:test/reporters';
import type { Counts } from './counts.ts';

/** A reporter for `node --test` that writes one JSON object: the counts of the whole run, and what was skipped and why. */
export default async function* countReporter(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const skipped: { name: string; reason: string }[] = [];
  let counts: Counts | null = null;
  for await (const event of source) {
    if (event.type === 'test:pass' && isSkip(event.data.skip)) {
      skipped.push({ name: event.data.name, reason: typeof event.data.skip === 'string' ? event.data.skip : '' });
    }
    // One summary per file carries the file's name; the last one stands for the run.
    if (event.type === 'test:summary' && event.data.file === undefined) {
      const { tests, passed, skipped: skips, todo } = event.data.counts;
      // What neither passed nor was left out has failed, a cancelled test (a timeout) among them.
      counts = { passed, failed: tests - passed - skips - todo, skipped };
    }
  }
  if (counts !== null) yield JSON.stringify(counts);
}

function isSkip(skip: string | boolean | undefined): boolean {
  return skip !== undefined && skip !== false;
}
