-- What each account's own server allows, what its network takes in a while, and what may be spent.
-- Lock note: nullable columns without a default, and new tables only.
-- Until when a post waits for room in a budget of its network: it is not late before that.
alter table post_target add column held_until timestamptz;
alter table account add column publish_limits jsonb;
alter table account add column publish_limits_at timestamptz;
-- In millionths of a US dollar for a calendar month of the workspace; null: no budget.
alter table account add column budget_micros bigint check (budget_micros >= 0);

-- Every send that counts against a budget of a network, for all workers. Of the instance: the same network account may be connected
-- in several workspaces, and an app's budget is one for all. `bucket` is a keyed hash and names neither.
create table send_use (
  bucket bytea not null,
  -- Of the attempt.
  id uuid not null,
  at timestamptz not null,
  points integer not null,
  primary key (bucket, at, id)
);
create index send_use_id on send_use (id);
create index send_use_at on send_use (at);

-- A network has said when it takes the next one, for an account or for the whole app.
create table send_pause (
  bucket bytea primary key,
  until timestamptz not null,
  reason text not null
);

-- What sends have cost: one row for each part that is out, may be out, or is on its way.
create table account_cost (
  workspace_id uuid not null,
  account_id uuid not null,
  target_id uuid not null,
  part integer not null,
  -- The latest that sent it, or is about to.
  attempt_id uuid not null,
  micros bigint not null,
  at timestamptz not null,
  primary key (workspace_id, target_id, part),
  foreign key (workspace_id, account_id) references account (workspace_id, id) on delete cascade
);
create index account_cost_month on account_cost (workspace_id, account_id, at);

alter table account_cost enable row level security;
alter table account_cost force row level security;
create policy tenant on account_cost for all
  using (workspace_id = (select scope_workspace())) with check (workspace_id = (select scope_workspace()));

grant select, delete on account_cost to rookery_app;
grant select, insert, update, delete on account_cost, send_use, send_pause to rookery_worker;
