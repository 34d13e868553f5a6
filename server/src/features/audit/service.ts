import { randomBytes } from 'node:crypto';
import type { AuditAction, AuditEvent, listAuditEvents } from '@rookery/contract/audit.ts';
import type { QueryOf, ReplyOf } from '@rookery/contract/endpoint.ts';
import { canonicalJson, type Json } from '../../platform/crypto/canonical-json.ts';
import { readTimeCursor, writeTimeCursor } from '../../platform/cursor.ts';
import type { Db } from '../../platform/db/database.ts';
import { createId } from '../../platform/id.ts';
import type { Actor, Services, WorkspaceContext } from '../context.ts';
import { requirePermission } from '../context.ts';
import { commitTo } from './commitment.ts';
import { insertEvent, insertPersonal, listEvents, type EventRow } from './queries.ts';

const saltBytes = 16;
const pageSize = 100;
const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Who acts and from where, as every context knows it; a workspace when there is one. */
export type AuditSource = Pick<Services, 'clock'> & {
  readonly actor: Actor;
  readonly facts: { readonly ip: string; readonly userAgent: string };
  readonly workspace?: { readonly id: string };
};

export interface AuditEntry {
  readonly action: AuditAction;
  /** `name` is what people call it at that moment; it can be erased later without touching the event. */
  readonly entity: { readonly type: string; readonly id: string | null; readonly name: string | null };
  /** Facts without personal data and without secrets. */
  readonly metadata?: { readonly [key: string]: Json };
}

/** Writes one audit event in the transaction of the change that it describes. */
export async function recordAudit(db: Db, source: AuditSource, entry: AuditEntry): Promise<void> {
  const id = createId(source.clock.now().getTime());
  const salt = randomBytes(saltBytes);
  const at = source.clock.now();
  const workspaceId = source.workspace?.id ?? null;
  const metadata = entry.metadata ?? {};
  const canon = canonicalJson({
    v: 1, id, workspace: workspaceId, at: at.toISOString(), action: entry.action, metadata,
    actor: { kind: source.actor.kind, id: source.actor.id, name: commitTo(source.actor.name, salt) },
    entity: { type: entry.entity.type, id: entry.entity.id, name: commitTo(entry.entity.name, salt) },
    ip: commitTo(source.facts.ip, salt), userAgent: commitTo(source.facts.userAgent, salt),
  });
  await db.run(insertEvent, [
    id, workspaceId, at, source.actor.kind, source.actor.id, entry.action, entry.entity.type, entry.entity.id, metadata, Buffer.from(canon),
  ]);
  await db.run(insertPersonal, [id, workspaceId, salt, source.actor.name, entry.entity.name, source.facts.ip, source.facts.userAgent]);
}

/** A page of the trail, newest first. */
export async function readAudit(ctx: WorkspaceContext, query: QueryOf<typeof listAuditEvents>): Promise<ReplyOf<typeof listAuditEvents>> {
  requirePermission(ctx, 'audit:read');
  const limit = query.limit ?? pageSize;
  const before = query.cursor === undefined ? { at: query.to ?? 'infinity', id: lastId } : readTimeCursor(query.cursor);
  const rows = await ctx.transaction((db) =>
    db.many(listEvents, [
      ctx.workspace.id, before.at, before.id, query.from ?? null, query.actor ?? null, query.action ?? null, query.entity ?? null, limit + 1,
    ]),
  );
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return { events: page.map(toEvent), nextCursor: last === undefined ? null : writeTimeCursor(last.at, last.id) };
}

function toEvent(row: EventRow): AuditEvent {
  return {
    id: row.id, at: row.at.toISOString(), action: row.action, ip: row.ip, userAgent: row.user_agent, metadata: row.metadata,
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name ?? 'erased' },
    entity: { type: row.entity_type, id: row.entity_id, name: row.entity_name },
  };
}
