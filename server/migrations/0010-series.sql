-- Posts that repeat. Lock note: a new table; `post` gets columns without a rewrite, a key that is checked for no row, and an index
-- over no row yet. The lock on `post` is short.
create table post_series (
  workspace_id uuid not null references workspace (id) on delete cascade,
  id uuid not null,
  -- Chosen by the caller: the same request twice makes one series.
  request_key uuid not null,
  request_hash bytea not null,
  state text not null check (state in ('active', 'paused', 'ended')),
  content jsonb not null,
  targets jsonb not null,
  labels text[] not null default '{}',
  rule jsonb not null,
  -- Days up to this one have been planned; what was deleted of them by hand is not made again.
  planned_until date,
  -- When a worker has more of it to plan; null: nothing.
  extend_at timestamptz,
  author_id uuid,
  author_name text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1,
  primary key (workspace_id, id),
  unique (workspace_id, request_key)
);
create index post_series_list on post_series (workspace_id, created_at desc, id desc);
create index post_series_extend on post_series (extend_at) where extend_at is not null;

alter table post
  add column series_id uuid,
  -- The day of the rule that it was made for, wherever it has been moved since.
  add column occurs_on date,
  -- Changed by hand: the series leaves it alone.
  add column is_detached boolean not null default false,
  add constraint post_occurrence check ((series_id is null) = (occurs_on is null)),
  add constraint post_series_key foreign key (workspace_id, series_id) references post_series (workspace_id, id) on delete cascade;
-- A day of a series has one post, however many workers plan it at once.
create unique index post_occurrence_once on post (workspace_id, series_id, occurs_on) where series_id is not null;

alter table post_series enable row level security;
alter table post_series force row level security;
create policy tenant on post_series for all
  using (workspace_id = (select scope_workspace())) with check (workspace_id = (select scope_workspace()));
-- Workers find what is to be planned across workspaces; they read, and act inside each workspace's own scope.
create policy due on post_series for select to rookery_worker using (extend_at is not null);

grant select, insert, update, delete on post_series to rookery_app;
grant select, update on post_series to rookery_worker;
grant insert, delete on post to rookery_worker;
