-- Secret addresses by which calendar programs read a member's calendar. Lock note: one new table only.
create table calendar_feed (
  workspace_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  name text not null,
  -- SHA-256 of the address's token; the token itself is nowhere. It names its workspace, so that it is looked for in that scope alone.
  token_hash bytea not null unique,
  created_at timestamptz not null,
  read_at timestamptz,
  primary key (workspace_id, id),
  -- Who leaves the workspace loses the addresses with it.
  foreign key (workspace_id, user_id) references member (workspace_id, user_id) on delete cascade
);
create index calendar_feed_user on calendar_feed (workspace_id, user_id, created_at);

alter table calendar_feed enable row level security;
alter table calendar_feed force row level security;
create policy tenant on calendar_feed for all
  using (workspace_id = (select scope_workspace())) with check (workspace_id = (select scope_workspace()));

grant select, insert, update, delete on calendar_feed to rookery_app;
