import { countLeft, nextOccurrences } from '@rookery/contract/series-rule.ts';
import type { Rule } from '@rookery/contract/series.ts';
import type { Db } from '../../../platform/db/database.ts';
import { AppError } from '../../../platform/errors.ts';
import type { AccountRow } from '../../accounts/index.ts';
import type { WorkspaceContext } from '../../context.ts';
import { requireOriginal, type Wanted } from '../content.ts';

/** Notices a network that refuses what it has had before, and what a single post would be asked about too. */
export async function requireRepeatable(
  db: Db, ctx: WorkspaceContext, series: Wanted & { readonly accounts: readonly AccountRow[]; readonly rule: Rule; readonly seriesId: string },
): Promise<void> {
  const now = ctx.clock.now();
  const strict = series.accounts.find(({ network }) => ctx.providers.get(network)?.manifest.publishing?.refusesSameText === true);
  if (strict !== undefined && countLeft(series.rule, now) !== 1) {
    const name = strict.network_name;
    throw new AppError('already-exists', `${name} may refuse a text that ${strict.handle} has posted before, so later posts of this series may fail there. Leave ${name} out, or go on if you mean it and give each post words of its own.`, {
      fields: [{ pointer: '/allowDuplicate', code: 'same-text-repeats', message: 'The same text again and again on a network that may refuse it.' }],
    });
  }
  const [first] = nextOccurrences(series.rule, now, 1);
  if (first !== undefined) await requireOriginal(db, ctx, { ...series, postId: series.seriesId, dueAt: first.at });
}
