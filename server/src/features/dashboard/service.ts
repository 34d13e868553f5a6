import type { Dashboard, getDashboard } from '@rookery/contract/audience.ts';
import type { QueryOf } from '@rookery/contract/endpoint.ts';
import { describeAccounts, listAccountRows } from '../accounts/index.ts';
import { summariseEach } from '../audience/index.ts';
import { requirePermission, type WorkspaceContext } from '../context.ts';
import { countApprovals, latestPostTroubles, latestTroubles, type PostTroubleRow, type TroubleRow } from './queries.ts';

type Attention = Dashboard['attention'][number];
type Trouble = Dashboard['posts'][number];

/** Who has not looked after a post that failed by then has let it be. */
const failedForMs = 14 * 86_400_000;
const postsMax = 5;
const lineMax = 60;

/** Figures, chart, accounts and what needs a person, in one answer. */
export async function readDashboard(ctx: WorkspaceContext, query: QueryOf<typeof getDashboard>): Promise<Dashboard> {
  requirePermission(ctx, 'audience:read');
  const range = query.range ?? '30d';
  return ctx.transaction(async (db) => {
    const rows = await listAccountRows(db, ctx);
    const active = rows.filter((row) => row.state !== 'disconnected');
    const accounts = await describeAccounts(db, ctx, rows);
    const { whole, each } = await summariseEach(db, ctx, rows, range);
    const perAccount = [...each].map(([id, { followers, net, daily }]) => ({ id, followers, net, sparkline: [...daily] }));
    const troubles = await db.many(latestTroubles, [ctx.workspace.id, active.map((row) => row.id)]);
    const since = new Map(rows.map((row) => [row.id, row.state_at.toISOString()]));
    const stateAt = (id: string): string => since.get(id) ?? ctx.clock.now().toISOString();
    const reconnect = accounts.filter((account) => account.state === 'reconnect').map((account): Attention => ({
      kind: 'reconnect', accountId: account.id, scanId: null, at: stateAt(account.id),
      message: `${account.handle} on ${account.networkName} has to be connected again. ${account.stateReason ?? ''}`.trim(),
    }));
    const missing = accounts.filter((account) => account.scopesMissing.length > 0).map((account): Attention => ({
      kind: 'scopes-missing', accountId: account.id, scanId: null, at: stateAt(account.id),
      message: `${account.handle} on ${account.networkName} did not grant everything that was asked for.`,
    }));
    const nameOf = new Map(accounts.map((account) => [account.id, `${account.handle} on ${account.networkName}`]));
    const failedSince = new Date(ctx.clock.now().getTime() - failedForMs);
    const posts = await db.many(latestPostTroubles, [ctx.workspace.id, failedSince, postsMax]);
    return {
      posts: posts.map((row) => toTrouble(row, nameOf)), postsTotal: posts[0]?.total ?? 0,
      approvals: (await db.one(countApprovals, [ctx.workspace.id])).count,
      summary: whole, accounts: perAccount,
      attention: [...reconnect, ...troubles.map((row) => toAttention(row, nameOf.get(row.account_id) ?? '')), ...missing],
      checkedAt: ctx.clock.now().toISOString(),
    };
  });
}

function toAttention(row: TroubleRow, name: string): Attention {
  const isHeld = row.state === 'held';
  return {
    kind: isHeld ? 'held-scan' : 'failed-sync', accountId: row.account_id, scanId: row.scan_id, at: row.at.toISOString(),
    message: `${isHeld ? 'A sync waits for your decision' : 'The last sync did not finish'}: ${name}. ${row.reason ?? ''}`.trim(),
  };
}

function toTrouble({ id, line, needs_look: needsLook, account_ids: accountIds, at }: PostTroubleRow, nameOf: ReadonlyMap<string, string>): Trouble {
  const words = line === '' ? 'A post without words' : `“${line.length > lineMax ? `${line.slice(0, lineMax - 1)}…` : line}”`;
  const names = accountIds.flatMap((accountId) => nameOf.get(accountId) ?? []).join(', ');
  const message = needsLook ? `${words}: we can't tell whether it went out. Look at ${names}.` : `${words} did not go out on ${names}.`;
  return { id, state: needsLook ? 'review' : 'failed', message, at: at.toISOString() };
}
