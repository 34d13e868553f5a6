-- The audit trail. Append-only by privilege and by trigger; no foreign keys, so that nothing done elsewhere can reach it.
-- Lock note: new tables only.
create table audit_event (
  id uuid primary key,
  -- Null for events of the instance (a sign-up, a sign-in) that belong to no workspace.
  workspace_id uuid,
  -- The writing transaction: lets a later sealer take exactly the rows whose order is final.
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz not null,
  actor_kind text not null check (actor_kind in ('user', 'system', 'api-key', 'automation')),
  actor_id uuid,
  action text not null,
  entity_type text not null,
  entity_id text,
  metadata jsonb not null default '{}',
  -- RFC 8785 canonical JSON of the event as the product made it, with personal data only as salted commitments.
  canon bytea not null,
  leaf bytea not null generated always as (sha256('\x00'::bytea || canon)) stored
);
create index audit_event_workspace on audit_event (workspace_id, at desc, id desc);
create index audit_event_actor on audit_event (actor_id, at desc);
create index audit_event_xid on audit_event (xid);

-- What may have to be erased: values and salts. Without the row the event still stands and still verifies.
create table audit_personal (
  event_id uuid primary key,
  workspace_id uuid,
  salt bytea not null,
  actor_name text,
  entity_name text,
  ip text,
  user_agent text
);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit events cannot be changed or removed' using errcode = 'insufficient_privilege';
end $$;

create trigger append_only before update or delete on audit_event for each row execute function refuse_audit_change();
create trigger no_truncate before truncate on audit_event for each statement execute function refuse_audit_change();
alter table audit_event enable always trigger append_only;
alter table audit_event enable always trigger no_truncate;

alter table audit_event enable row level security;
alter table audit_event force row level security;
-- An event without a workspace can be written by any scope and read by none: the operator reads it with the CLI.
create policy tenant on audit_event for all
  using (workspace_id = (select scope_workspace()))
  with check (workspace_id is null or workspace_id = (select scope_workspace()));

alter table audit_personal enable row level security;
alter table audit_personal force row level security;
create policy tenant on audit_personal for all
  using (workspace_id = (select scope_workspace()))
  with check (workspace_id is null or workspace_id = (select scope_workspace()));

grant select, insert on audit_event, audit_personal to rookery_app, rookery_worker;
