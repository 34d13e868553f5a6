-- The times of the week at which an account likes to post. Lock note: a new table only.
create table posting_slot (
  workspace_id uuid not null,
  account_id uuid not null,
  -- 1 Monday to 7 Sunday; the zone is the workspace's.
  weekday smallint not null check (weekday between 1 and 7),
  -- Of the wall clock, since midnight.
  minute smallint not null check (minute between 0 and 1439),
  primary key (workspace_id, account_id, weekday, minute),
  foreign key (workspace_id, account_id) references account (workspace_id, id) on delete cascade
);

alter table posting_slot enable row level security;
alter table posting_slot force row level security;
create policy tenant on posting_slot for all
  using (workspace_id = (select scope_workspace())) with check (workspace_id = (select scope_workspace()));

grant select, insert, delete on posting_slot to rookery_app;
grant select on posting_slot to rookery_worker;
