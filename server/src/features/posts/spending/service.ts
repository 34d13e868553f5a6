import type { ReplyOf } from '@rookery/contract/endpoint.ts';
import { formatPrice } from '@rookery/contract/money.ts';
import { priceOfContent } from '@rookery/contract/price.ts';
import type { listSpending } from '@rookery/contract/spending.ts';
import type { Db } from '../../../platform/db/database.ts';
import { AppError } from '../../../platform/errors.ts';
import { listAccountRows, type AccountRow } from '../../accounts/index.ts';
import { requirePermission, type WorkspaceContext } from '../../context.ts';
import type { Wanted } from '../content.ts';
import { monthOf, type Month } from './month.ts';
import { listPlanned, listSpent } from './queries.ts';

/** What accounts on networks that charge have spent and will spend this month. */
export async function readSpending(ctx: WorkspaceContext): Promise<ReplyOf<typeof listSpending>> {
  requirePermission(ctx, 'accounts:read');
  const month = monthOf(ctx.clock.now(), ctx.workspace.timeZone);
  return ctx.transaction(async (db) => {
    const accounts = (await listAccountRows(db, ctx)).filter(isPriced);
    const [spent, planned] = [await sumSpent(db, ctx, accounts, month), await sumPlanned(db, ctx, accounts, month)];
    return {
      month: { name: month.name, from: month.from.toISOString(), to: month.to.toISOString() },
      spending: accounts.map(({ id, budget_micros: budgetMicros }) =>
        ({ accountId: id, budgetMicros, spentMicros: spent.get(id) ?? 0, plannedMicros: planned.get(id) ?? 0 })),
    };
  });
}

const isPriced = ({ publishing }: AccountRow): boolean => publishing !== null && publishing.price !== null;

async function sumSpent(db: Db, ctx: WorkspaceContext, accounts: readonly AccountRow[], { from, to }: Month): Promise<Map<string, number>> {
  const rows = await db.many(listSpent, [ctx.workspace.id, accounts.map(({ id }) => id), from, to]);
  return new Map(rows.map(({ account_id, micros }) => [account_id, micros]));
}

async function sumPlanned(db: Db, ctx: WorkspaceContext, accounts: readonly AccountRow[], { to }: Month): Promise<Map<string, number>> {
  const rules = new Map(accounts.map(({ id, publishing }) => [id, publishing]));
  const sums = new Map<string, number>();
  for (const { account_id: id, content, paid } of await db.many(listPlanned, [ctx.workspace.id, accounts.map((account) => account.id), to])) {
    const publishing = rules.get(id) ?? null;
    if (publishing !== null) sums.set(id, (sums.get(id) ?? 0) + priceOfContent(content, publishing, paid).micros);
  }
  return sums;
}

/** What this month's budget has left once all is paid for that is planned, in millionths of a US dollar; Infinity without a budget. */
export async function readMoneyLeft(db: Db, ctx: WorkspaceContext, account: AccountRow): Promise<number> {
  const { id, budget_micros: budgetMicros } = account;
  if (budgetMicros === null) return Infinity;
  const month = monthOf(ctx.clock.now(), ctx.workspace.timeZone);
  const [spent, planned] = [await sumSpent(db, ctx, [account], month), await sumPlanned(db, ctx, [account], month)];
  return budgetMicros - (spent.get(id) ?? 0) - (planned.get(id) ?? 0);
}

/** The sentence about a budget that something would go beyond. */
export function describeOverspending(budget: { readonly costMicros: number; readonly spentMicros: number; readonly budgetMicros: number }, month: Month): string {
  const { costMicros, spentMicros, budgetMicros } = budget;
  return `This costs about ${formatPrice(costMicros)}, and ${formatPrice(Math.max(0, budgetMicros - spentMicros))} of the ${formatPrice(budgetMicros)} for ${month.name} `
    + `is left on this account. Raise the budget or wait for ${month.nextDay}.`;
}

/** Refuses, before anything is written, to send at once what no budget pays for. What is planned is looked at when its time has come. */
export async function requireAffordable(db: Db, ctx: WorkspaceContext, wanted: Wanted, accounts: readonly AccountRow[]): Promise<void> {
  const limited = accounts.filter((account) => isPriced(account) && account.budget_micros !== null);
  if (limited.length === 0) return;
  const month = monthOf(ctx.clock.now(), ctx.workspace.timeZone);
  const spent = await sumSpent(db, ctx, limited, month);
  for (const { id, handle, publishing, budget_micros: budgetMicros } of limited) {
    const index = wanted.targets.findIndex(({ accountId }) => accountId === id);
    if (publishing === null || budgetMicros === null) continue;
    const costMicros = priceOfContent(wanted.targets[index]?.content ?? wanted.content, publishing).micros;
    const spentMicros = spent.get(id) ?? 0;
    if (spentMicros + costMicros <= budgetMicros) continue;
    const message = `On @${handle}: ${describeOverspending({ costMicros, spentMicros, budgetMicros }, month)}`;
    throw new AppError('invalid-input', message, { fields: [{ pointer: `/targets/${index}`, code: 'budget', message }] });
  }
}
