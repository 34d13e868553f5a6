-- Approvals, comments and review links. Lock note: one column with a constant default on workspace (no rewrite), else new tables only.
alter table workspace add column requires_approval boolean not null default false;

-- At most one row a post: what was asked for, and what became of it. The time that is wanted is kept here while the post has none.
create table post_approval (
  workspace_id uuid not null,
  post_id uuid not null,
  state text not null check (state in ('requested', 'approved', 'changes-requested', 'withdrawn')),
  wall_time text not null,
  zone text not null,
  occurrence text check (occurrence in ('first', 'second')),
  -- What the wall time means under the zone rules of the day on which it was asked for: to sort by.
  wanted_at timestamptz not null,
  requested_by uuid,
  requested_by_name text not null,
  requested_at timestamptz not null,
  decided_by_name text,
  decided_at timestamptz,
  note text,
  -- Of exactly what was approved: words, images, accounts and time.
  release_hash bytea,
  primary key (workspace_id, post_id),
  foreign key (workspace_id, post_id) references post (workspace_id, id) on delete cascade
);
create index post_approval_waiting on post_approval (workspace_id, wanted_at, post_id) where state = 'requested';

-- Shows one post to somebody without an account, until it ends.
create table review_link (
  workspace_id uuid not null,
  id uuid not null,
  post_id uuid not null,
  -- SHA-256 of the token; the token itself is nowhere.
  token_hash bytea not null unique,
  label text not null,
  may_decide boolean not null,
  created_by_name text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, post_id) references post (workspace_id, id) on delete cascade
);
create index review_link_post on review_link (workspace_id, post_id, created_at);

-- The thread of a post: comments, and what was decided about it.
create table post_comment (
  workspace_id uuid not null,
  id uuid not null,
  post_id uuid not null,
  kind text not null check (kind in ('comment', 'asked', 'approved', 'changes', 'withdrawn')),
  author_id uuid,
  author_name text not null,
  -- Written by whoever holds this link; null: by a member.
  review_link_id uuid,
  text text not null,
  -- Of what a decision by link was about.
  shown_hash bytea,
  created_at timestamptz not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, post_id) references post (workspace_id, id) on delete cascade,
  foreign key (workspace_id, review_link_id) references review_link (workspace_id, id) on delete cascade
);
create index post_comment_thread on post_comment (workspace_id, post_id, created_at, id);
create index post_comment_link on post_comment (workspace_id, review_link_id, created_at, id) where review_link_id is not null;

create function scope_review() returns bytea language sql stable parallel safe as
  $$ select decode(nullif(current_setting('app.review', true), ''), 'hex') $$;

alter table post_approval enable row level security;
alter table post_approval force row level security;
create policy tenant on post_approval for all
  using (workspace_id = (select scope_workspace())) with check (workspace_id = (select scope_workspace()));

alter table review_link enable row level security;
alter table review_link force row level security;
create policy tenant on review_link for all
  using (workspace_id = (select scope_workspace())) with check (workspace_id = (select scope_workspace()));
-- Whoever holds the token finds the link and its workspace before any scope is known.
create policy holder on review_link for select using (token_hash = (select scope_review()));

alter table post_comment enable row level security;
alter table post_comment force row level security;
create policy tenant on post_comment for all
  using (workspace_id = (select scope_workspace())) with check (workspace_id = (select scope_workspace()));

grant select, insert, update, delete on post_approval, review_link, post_comment to rookery_app;
grant select on post_approval to rookery_worker;
