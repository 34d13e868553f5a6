import type { BodyOf, ReplyOf } from '@rookery/contract/endpoint.ts';
import type { changeSeries, createSeries, getSeries, listSeries } from '@rookery/contract/series.ts';
import { hashJson } from '../../../platform/crypto/canonical-json.ts';
import type { Db } from '../../../platform/db/database.ts';
import { AppError } from '../../../platform/errors.ts';
import { createId } from '../../../platform/id.ts';
import { recordAudit } from '../../audit/index.ts';
import { requirePermission, type WorkspaceContext } from '../../context.ts';
import { requireRelease } from '../approval-rule.ts';
import { requireKnown, requireSendable, requireShapes } from '../content.ts';
import { deletePostRow } from '../queries.ts';
import { requirePost, titleOf } from '../service.ts';
import { planAhead } from './extend.ts';
import { planAnew, takeOut } from './planned.ts';
import {
  countOpenSeries, findSeriesByRequestKey, insertSeries, listSeriesRows, lockSeries, setSeriesState, updateSeries, type SeriesRow,
} from './queries.ts';
import { requireRepeatable } from './repeats.ts';
import { describeOneSeries, describeSeries } from './rows.ts';
import { readFrom, readRule } from './rule.ts';
import { readRuleOfApproval } from './waiting.ts';

/** Each of them is looked at when the list is read. */
const openSeriesMax = 200;
const firstDay = '0001-01-01';

type Reply = ReplyOf<typeof getSeries>;

/** Starts a series and plans what is in sight of it. The same request key answers the series that it made the first time. */
export async function startSeries(ctx: WorkspaceContext, body: BodyOf<typeof createSeries>): Promise<Reply> {
  requirePermission(ctx, 'posts:write');
  const rule = readRule(ctx, body.rule);
  const requestHash = hashJson(body);
  return ctx.transaction(async (db) => {
    const known = await db.maybe(findSeriesByRequestKey, [ctx.workspace.id, body.requestKey]);
    if (known !== null) return answerAgain(db, ctx, known, requestHash);
    await requireRelease(db, ctx);
    const accounts = await requireKnown(db, ctx, body);
    requireSendable(body, accounts);
    await requireShapes(db, ctx, body, accounts);
    if ((await db.one(countOpenSeries, [ctx.workspace.id])).count >= openSeriesMax) {
      throw new AppError('conflict', `There are ${openSeriesMax} series already. End one that is not needed any more.`);
    }
    const id = createId(ctx.clock.now().getTime());
    const series = {
      id, content: body.content, targets: body.targets, labels: body.labels ?? [], rule, planned_until: null,
      is_released: await readRuleOfApproval(db, ctx), author_id: ctx.actor.id, author_name: ctx.actor.name,
    };
    const inserted = await db.run(insertSeries, [
      ctx.workspace.id, id, body.requestKey, requestHash, body.content, JSON.stringify(body.targets), series.labels, rule, ctx.actor.id, ctx.actor.name, ctx.clock.now(),
      series.is_released,
    ]);
    // Another call with this key, at the same moment, was first: the row waited for it.
    if (inserted === 0) return answerAgain(db, ctx, await db.one(findSeriesByRequestKey, [ctx.workspace.id, body.requestKey]), requestHash);
    if (body.allowDuplicate !== true) await requireRepeatable(db, ctx, { ...body, accounts, rule, seriesId: id });
    if (body.postId !== undefined) await removeDraft(db, ctx, body.postId);
    const posts = await planAhead(db, ctx, series);
    await recordAudit(db, ctx, {
      action: 'series:create', entity: { type: 'series', id, name: titleOf(body) }, metadata: { targets: body.targets.length, posts, repeat: rule.repeat.kind },
    });
    return describeOneSeries(db, ctx, id);
  });
}

async function answerAgain(db: Db, ctx: WorkspaceContext, row: SeriesRow, requestHash: Buffer): Promise<Reply> {
  if (!row.request_hash.equals(requestHash)) throw new AppError('conflict', 'This request key was used for another series. Send a new one.');
  return describeOneSeries(db, ctx, row.id);
}

/** The words have gone over to the series. */
async function removeDraft(db: Db, ctx: WorkspaceContext, postId: string): Promise<void> {
  const { row, targets } = await requirePost(db, ctx, postId);
  if (row.due_at !== null || targets.some(({ state }) => state !== 'draft')) {
    throw new AppError('conflict', 'Only a draft becomes a series. Use the text of this post in a new one.');
  }
  await db.run(deletePostRow, [ctx.workspace.id, postId]);
}

async function requireSeries(db: Db, ctx: WorkspaceContext, seriesId: string, version: number): Promise<SeriesRow> {
  const row = await db.maybe(lockSeries, [ctx.workspace.id, seriesId]);
  if (row === null) throw new AppError('not-found');
  if (row.version !== version) throw new AppError('conflict', 'Somebody has changed this series since you opened it. Load it again.');
  if (row.state === 'ended') throw new AppError('conflict', 'This series has ended. Use its text in a new one.');
  return row;
}

/** Changes a series from a day on. What has been sent, is about to be or was changed by hand stays as it is. */
export async function editSeries(ctx: WorkspaceContext, seriesId: string, body: BodyOf<typeof changeSeries>): Promise<Reply> {
  requirePermission(ctx, 'posts:write');
  return ctx.transaction(async (db) => {
    await requireRelease(db, ctx);
    const before = await requireSeries(db, ctx, seriesId, body.version);
    const from = readFrom(ctx, body.from, (body.rule ?? before.rule).zone);
    const rule = body.rule === undefined ? before.rule : readRule(ctx, { ...body.rule, startsOn: from });
    const content = body.content ?? before.content;
    const targets = body.targets ?? before.targets;
    const accounts = await requireKnown(db, ctx, { content, targets });
    requireSendable({ content, targets }, accounts);
    await requireShapes(db, ctx, { content, targets }, accounts);
    if (body.allowDuplicate !== true && (body.content ?? body.targets) !== undefined) {
      await requireRepeatable(db, ctx, { content, targets, accounts, rule, seriesId });
    }
    const labels = body.labels ?? before.labels;
    // Days of the new rule that have their post already keep it, and nothing is made twice.
    const after = { ...before, content, targets, labels, rule, is_released: await readRuleOfApproval(db, ctx), planned_until: body.rule === undefined ? before.planned_until : null };
    await db.run(updateSeries, [ctx.workspace.id, seriesId, content, JSON.stringify(targets), labels, rule, after.planned_until, ctx.clock.now(), after.is_released]);
    const done = await planAnew(db, ctx, after, from);
    const added = before.state === 'active' ? await planAhead(db, ctx, after) : 0;
    const fields = ['content', 'targets', 'labels', 'rule'].filter((name) => Object.hasOwn(body, name));
    await recordAudit(db, ctx, { action: 'series:change', entity: { type: 'series', id: seriesId, name: titleOf({ content }) }, metadata: { fields, from, added, ...done } });
    return describeOneSeries(db, ctx, seriesId);
  });
}

interface Settling {
  readonly seriesId: string;
  readonly version: number;
  readonly from: 'active' | 'paused' | null;
  readonly to: 'active' | 'paused' | 'ended';
  readonly action: 'series:pause' | 'series:resume' | 'series:end';
}

async function settle(ctx: WorkspaceContext, { seriesId, version, from, to, action }: Settling): Promise<Reply> {
  return ctx.transaction(async (db) => {
    if (to === 'active') await requireRelease(db, ctx);
    const row = await requireSeries(db, ctx, seriesId, version);
    if (from !== null && row.state !== from) throw new AppError('conflict', to === 'paused' ? 'This series is paused already.' : 'This series is not paused.');
    const isReleased = to === 'active' ? await readRuleOfApproval(db, ctx) : null;
    // What was taken out by the pause is planned again; what a person has deleted has left its row, and stays deleted.
    await db.run(setSeriesState, [ctx.workspace.id, seriesId, to, to === 'active' ? null : row.planned_until, ctx.clock.now(), isReleased]);
    const posts = isReleased !== null ? await planAhead(db, ctx, { ...row, planned_until: null, is_released: isReleased }) : await takeOut(db, ctx, seriesId, firstDay);
    await recordAudit(db, ctx, { action, entity: { type: 'series', id: seriesId, name: titleOf(row) }, metadata: { posts } });
    return describeOneSeries(db, ctx, seriesId);
  });
}

/** Takes out what is planned until the series goes on. No audit: settle writes it. */
export async function pauseSeries(ctx: WorkspaceContext, seriesId: string, { version }: { version: number }): Promise<Reply> {
  requirePermission(ctx, 'posts:write');
  return settle(ctx, { seriesId, version, from: 'active', to: 'paused', action: 'series:pause' });
}

/** Goes on with the next occurrence. Where the rule ends after a number, those of the pause count. */
export async function resumeSeries(ctx: WorkspaceContext, seriesId: string, { version }: { version: number }): Promise<Reply> {
  requirePermission(ctx, 'posts:write');
  return settle(ctx, { seriesId, version, from: 'paused', to: 'active', action: 'series:resume' });
}

/** Takes out what is planned, for good. */
export async function endSeries(ctx: WorkspaceContext, seriesId: string, { version }: { version: number }): Promise<Reply> {
  requirePermission(ctx, 'posts:write');
  return settle(ctx, { seriesId, version, from: null, to: 'ended', action: 'series:end' });
}

export async function readSeries(ctx: WorkspaceContext, seriesId: string): Promise<Reply> {
  requirePermission(ctx, 'posts:read');
  return ctx.transaction((db) => describeOneSeries(db, ctx, seriesId));
}

export async function readSeriesList(ctx: WorkspaceContext): Promise<ReplyOf<typeof listSeries>> {
  requirePermission(ctx, 'posts:read');
  return ctx.transaction(async (db) => ({ series: await describeSeries(db, ctx, await db.many(listSeriesRows, [ctx.workspace.id])) }));
}
