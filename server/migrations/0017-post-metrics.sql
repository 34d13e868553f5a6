-- What networks count on published posts. Lock note: new tables, and columns whose default is set without a rewrite.
-- When the figures are read next; null: not any more. What is out already is read at the first occasion.
alter table post_target add column metrics_at timestamptz default now();
alter table post_target alter column metrics_at drop default;
-- Since when the network has had no such post; sure once `metrics_at` is null.
alter table post_target add column missed_at timestamptz;
-- Why the latest reading did not come about, in words.
alter table post_target add column metrics_reason text;
create index post_target_metrics on post_target (metrics_at) where metrics_at is not null and state = 'published';
-- Workers find what is due across workspaces, to send or to read; they act inside each workspace's own scope.
alter policy due on post_target using (work_at is not null or (metrics_at is not null and state = 'published'));

create table post_metric (
  workspace_id uuid not null,
  target_id uuid not null,
  at timestamptz not null,
  -- A list of {metric, value, source}; value is null where the network gives none: unknown is never zero.
  figures jsonb not null,
  primary key (workspace_id, target_id, at),
  foreign key (workspace_id, target_id) references post_target (workspace_id, id) on delete cascade
);

-- What readings have cost: a network that charges for them does so once for a post in a UTC day.
create table reading_cost (
  workspace_id uuid not null,
  account_id uuid not null,
  target_id uuid not null,
  day date not null,
  micros bigint not null,
  at timestamptz not null,
  primary key (workspace_id, target_id, day),
  foreign key (workspace_id, account_id) references account (workspace_id, id) on delete cascade
);
create index reading_cost_month on reading_cost (workspace_id, account_id, at);

alter table post_metric enable row level security;
alter table post_metric force row level security;
create policy tenant on post_metric for all
  using (workspace_id = (select scope_workspace())) with check (workspace_id = (select scope_workspace()));

alter table reading_cost enable row level security;
alter table reading_cost force row level security;
create policy tenant on reading_cost for all
  using (workspace_id = (select scope_workspace())) with check (workspace_id = (select scope_workspace()));

grant select on post_metric, reading_cost to rookery_app;
grant select, insert, delete on post_metric, reading_cost to rookery_worker;
