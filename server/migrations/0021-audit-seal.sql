-- Seals over the audit trail: each names every event of a range of transactions by its hash, and the seal before it.
-- Lock note: new table and function; policies and rights of audit_event and audit_personal change, which is quick.
create table audit_seal (
  n bigint primary key check (n > 0),
  -- Transactions from the first up to, not including, the second. The next seal begins where this one ends.
  from_xid bigint not null unique,
  to_xid bigint not null check (to_xid > from_xid),
  events int not null check (events > 0),
  -- 48 bytes for each event: its id and its hash, so that a change can be told by name.
  leaves bytea not null check (octet_length(leaves) = events * 48),
  root bytea not null,
  previous bytea not null,
  sealed_at timestamptz not null,
  hash bytea not null,
  key bytea not null,
  signature bytea not null
);

create trigger append_only before update or delete on audit_seal for each row execute function refuse_audit_change();
create trigger no_truncate before truncate on audit_seal for each statement execute function refuse_audit_change();
alter table audit_seal enable always trigger append_only;
alter table audit_seal enable always trigger no_truncate;
grant select, insert on audit_seal to rookery_worker;

-- When the row was written, by the database's clock: what an event tells may be of another time. Not sealed; shows what waits for its seal.
alter table audit_event add column written_at timestamptz not null default now();

-- The sealer sees ids, places and hashes of all events and nothing that is in them. The owner, as whom no service signs in, sees all of
-- them: for the operator's command.
create policy sealer on audit_event for select to rookery_worker, rookery_owner using (true);
create policy sealer on audit_personal for select to rookery_owner using (true);
revoke select on audit_event from rookery_worker;
grant select (id, xid, leaf) on audit_event to rookery_worker;

-- Events whose place is final: of transactions from `start_xid` on that were all over when this began, about `wanted` of them and
-- whole transactions only. Ids and hashes, nothing that is in them.
create function unsealed_events(start_xid bigint, wanted int) returns table (to_xid bigint, id uuid, leaf bytea)
language plpgsql set search_path = rookery as $$
declare
  first xid8 := start_xid::text::xid8;
  final xid8 := pg_snapshot_xmin(pg_current_snapshot());
  cut xid8;
begin
  select e.xid into cut from audit_event e where e.xid >= first and e.xid < final order by e.xid offset wanted limit 1;
  if cut is not null then
    -- One transaction with more events than wanted is taken whole.
    if not exists (select from audit_event e where e.xid >= first and e.xid < cut) then cut := (cut::text::bigint + 1)::text::xid8; end if;
    final := cut;
  end if;
  return query select final::text::bigint, e.id, e.leaf from audit_event e where e.xid >= first and e.xid < final order by e.xid, e.id;
end $$;
revoke execute on function unsealed_events(bigint, int) from public;
grant execute on function unsealed_events(bigint, int) to rookery_worker;
