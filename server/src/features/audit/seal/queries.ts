import { statement } from '../../../platform/db/statement.ts';

/** Only one process seals at a time; the others leave it to that one. Any number will do; it must only never change. */
const sealLock = 7245911408;

export const lockSealing = statement<{ is_ours: boolean }>('audit.lock-sealing', `select pg_try_advisory_xact_lock(${sealLock}) as is_ours`);

export interface SealRow {
  readonly n: string;
  readonly from_xid: string;
  readonly to_xid: string;
  readonly events: number;
  readonly leaves: Buffer;
  readonly root: Buffer;
  readonly previous: Buffer;
  readonly sealed_at: Date;
  readonly hash: Buffer;
  readonly key: Buffer;
  readonly signature: Buffer;
}

const sealColumns = 'n::text, from_xid::text, to_xid::text, events, leaves, root, previous, sealed_at, hash, key, signature';

export const findLastSeal = statement<SealRow>('audit.find-last-seal', `select ${sealColumns} from audit_seal order by audit_seal.n desc limit 1`);

export const listUnsealed = statement<{ to_xid: string; id: string; leaf: Buffer }>(
  'audit.list-unsealed', `select to_xid::text, id, leaf from unsealed_events($1::bigint, $2)`,
);

export const insertSeal = statement(
  'audit.insert-seal',
  `insert into audit_seal (n, from_xid, to_xid, events, leaves, root, previous, sealed_at, hash, key, signature)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
);

/** For the operator's command, as the owner: seals after one, in order. */
export const listSeals = statement<SealRow>(
  'audit.list-seals', `select ${sealColumns} from audit_seal where audit_seal.n > $1::bigint order by audit_seal.n limit 20`,
);

export interface WholeEventRow {
  readonly id: string;
  readonly workspace_id: string | null;
  readonly at: Date;
  readonly actor_kind: string;
  readonly actor_id: string | null;
  readonly action: string;
  readonly entity_type: string;
  readonly entity_id: string | null;
  readonly metadata: unknown;
  readonly canon: Buffer;
  /** Null once the personal part was erased. */
  readonly salt: Buffer | null;
  readonly actor_name: string | null;
  readonly entity_name: string | null;
  readonly ip: string | null;
  readonly user_agent: string | null;
}

/** For the operator's command, as the owner: every event of a range of transactions. */
export const listWholeEvents = statement<WholeEventRow>(
  'audit.list-whole-events',
  `select e.id, e.workspace_id, e.at, e.actor_kind, e.actor_id, e.action, e.entity_type, e.entity_id, e.metadata, e.canon,
     p.salt, p.actor_name, p.entity_name, p.ip, p.user_agent
   from audit_event e left join audit_personal p on p.event_id = e.id
   where e.xid >= $1::text::xid8 and e.xid < $2::text::xid8 order by e.xid, e.id`,
);

/** For the operator's command, as the owner: what no seal covers yet, and for how long the oldest has been waiting. */
export const countUnsealed = statement<{ count: number; waiting_seconds: number | null }>(
  'audit.count-unsealed',
  `select count(*)::int as count, extract(epoch from now() - min(written_at))::float8 as waiting_seconds from audit_event where xid >= $1::text::xid8`,
);
