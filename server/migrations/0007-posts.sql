-- Posts, their destinations, and the ledger of every try. Lock note: new tables only.
create table post (
  workspace_id uuid not null references workspace (id) on delete cascade,
  id uuid not null,
  -- Chosen by the caller: the same request twice makes one post.
  request_key uuid not null,
  request_hash bytea not null,
  content jsonb not null,
  labels text[] not null default '{}',
  -- What was asked for; due_at is what it means under today's zone rules. Null for drafts.
  wall_time text,
  zone text,
  occurrence text check (occurrence in ('first', 'second')),
  due_at timestamptz,
  author_id uuid,
  author_name text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1,
  primary key (workspace_id, id),
  unique (workspace_id, request_key),
  check ((wall_time is null) = (due_at is null) and (zone is null) = (due_at is null))
);
create index post_due on post (workspace_id, due_at, id) where due_at is not null;
create index post_draft on post (workspace_id, updated_at desc, id desc) where due_at is null;

-- One destination. `fence` grows with every change of hands: who holds an older one can write nothing any more.
create table post_target (
  workspace_id uuid not null,
  id uuid not null,
  post_id uuid not null,
  account_id uuid not null,
  state text not null check (state in ('draft', 'scheduled', 'sending', 'unknown', 'review', 'published', 'failed', 'canceled', 'deleted')),
  content jsonb,
  -- Hash of what will be seen, to notice the same text twice on one account.
  text_hash bytea not null,
  priority smallint not null,
  -- When a worker has something to do here (send, look, delete); null when there is nothing.
  work_at timestamptz,
  fence integer not null default 0,
  lease_until timestamptz,
  -- Clear failures in a row of the part at hand, and looks for it.
  retries integer not null default 0,
  looks integer not null default 0,
  attempts integer not null default 0,
  reason text,
  is_deleting boolean not null default false,
  published_at timestamptz,
  primary key (workspace_id, id),
  unique (workspace_id, post_id, account_id),
  foreign key (workspace_id, post_id) references post (workspace_id, id) on delete cascade,
  foreign key (workspace_id, account_id) references account (workspace_id, id) on delete cascade
);
create index post_target_work on post_target (priority desc, work_at, id) where work_at is not null;
create index post_target_text on post_target (workspace_id, account_id, text_hash);

-- What goes out in one go: a post, a part of a thread, a first comment. Made when the first part is about to be sent.
create table post_part (
  workspace_id uuid not null,
  target_id uuid not null,
  position integer not null,
  is_comment boolean not null,
  -- The same over every attempt: idempotency key, record key, time of creation as the network sees it.
  key uuid not null,
  created_at timestamptz not null,
  text text not null,
  media jsonb not null,
  steps jsonb not null default '{}',
  -- Set, and committed, right before the request that makes it public; cleared when it surely was not.
  sent_at timestamptz,
  -- The first time that a send of this part ended without a clear answer.
  doubted_at timestamptz,
  external_id text,
  url text,
  ref jsonb,
  published_at timestamptz,
  deleted_at timestamptz,
  primary key (workspace_id, target_id, position),
  unique (workspace_id, key),
  foreign key (workspace_id, target_id) references post_target (workspace_id, id) on delete cascade
);

create table publish_attempt (
  workspace_id uuid not null,
  id uuid not null,
  target_id uuid not null,
  kind text not null check (kind in ('send', 'look', 'delete')),
  part integer not null,
  fence integer not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  outcome text not null check (outcome in ('running', 'published', 'refused', 'retry', 'unknown', 'found', 'absent', 'interrupted', 'canceled')),
  detail text,
  primary key (workspace_id, id),
  foreign key (workspace_id, target_id) references post_target (workspace_id, id) on delete cascade
);
create index publish_attempt_target on publish_attempt (workspace_id, target_id, started_at, id);

-- A network that keeps failing is left alone for a while by all workers. Of the instance: it names no tenant.
create table network_pause (
  network text primary key,
  failures integer not null,
  until timestamptz not null
);

alter table post enable row level security;
alter table post force row level security;
create policy tenant on post for all
  using (workspace_id = (select scope_workspace())) with check (workspace_id = (select scope_workspace()));

alter table post_target enable row level security;
alter table post_target force row level security;
create policy tenant on post_target for all
  using (workspace_id = (select scope_workspace())) with check (workspace_id = (select scope_workspace()));
-- Workers find what is due across workspaces; they read, and act inside each workspace's own scope.
create policy due on post_target for select to rookery_worker using (work_at is not null);

alter table post_part enable row level security;
alter table post_part force row level security;
create policy tenant on post_part for all
  using (workspace_id = (select scope_workspace())) with check (workspace_id = (select scope_workspace()));

alter table publish_attempt enable row level security;
alter table publish_attempt force row level security;
create policy tenant on publish_attempt for all
  using (workspace_id = (select scope_workspace())) with check (workspace_id = (select scope_workspace()));

grant select, insert, update, delete on post, post_target, post_part, publish_attempt to rookery_app;
grant select, update on post to rookery_worker;
grant select, insert, update, delete on post_target, post_part, publish_attempt, network_pause to rookery_worker;
