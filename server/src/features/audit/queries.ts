import { statement } from '../../platform/db/statement.ts';

export const insertEvent = statement(
  'audit.insert-event',
  `insert into audit_event (id, workspace_id, at, actor_kind, actor_id, action, entity_type, entity_id, metadata, canon)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
);

export const insertPersonal = statement(
  'audit.insert-personal',
  `insert into audit_personal (event_id, workspace_id, salt, actor_name, entity_name, ip, user_agent)
   values ($1, $2, $3, $4, $5, $6, $7)`,
);

export interface EventRow {
  readonly id: string;
  readonly at: Date;
  readonly actor_kind: 'user' | 'system' | 'api-key' | 'automation';
  readonly actor_id: string | null;
  readonly actor_name: string | null;
  readonly action: string;
  readonly entity_type: string;
  readonly entity_id: string | null;
  readonly entity_name: string | null;
  readonly ip: string | null;
  readonly user_agent: string | null;
  readonly metadata: Record<string, unknown>;
}

export const listEvents = statement<EventRow>(
  'audit.list-events',
  `select e.id, e.at, e.actor_kind, e.actor_id, p.actor_name, e.action, e.entity_type, e.entity_id, p.entity_name, p.ip, p.user_agent, e.metadata
   from audit_event e left join audit_personal p on p.event_id = e.id
   where e.workspace_id = $1
     and (e.at, e.id) < ($2::timestamptz, $3::uuid)
     and ($4::timestamptz is null or e.at >= $4)
     and ($5::uuid is null or e.actor_id = $5)
     and ($6::text is null or e.action = $6 or e.action like $6 || ':%')
     and ($7::text is null or e.entity_id = $7 or e.entity_type = $7)
   order by e.at desc, e.id desc
   limit $8`,
);
