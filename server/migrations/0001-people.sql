-- People, sessions, workspaces. Lock note: new tables only.
create table app_user (
  id uuid primary key,
  email text not null,
  -- Lower-cased, NFKC: one person, one row, however the address was typed.
  email_key text not null unique,
  name text not null,
  password_hash text not null,
  theme text not null default 'system' check (theme in ('system', 'light', 'dark')),
  density text not null default 'comfortable' check (density in ('comfortable', 'compact')),
  single_key_shortcuts boolean not null default true,
  created_at timestamptz not null,
  disabled_at timestamptz
);

create table session (
  id uuid primary key,
  -- SHA-256 of the cookie's token; the token itself is nowhere.
  token_hash bytea not null unique,
  user_id uuid not null references app_user (id) on delete cascade,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  ip text not null,
  user_agent text not null
);
create index session_by_user on session (user_id);
create index session_by_expiry on session (expires_at);

create table workspace (
  id uuid primary key,
  name text not null check (char_length(name) between 1 and 80),
  time_zone text not null,
  demo boolean not null default false,
  created_at timestamptz not null
);

create table member (
  workspace_id uuid not null references workspace (id) on delete cascade,
  user_id uuid not null references app_user (id) on delete cascade,
  role text not null check (role in ('owner', 'admin', 'editor', 'analyst')),
  joined_at timestamptz not null,
  primary key (workspace_id, user_id)
);
create index member_by_user on member (user_id);

create table invitation (
  workspace_id uuid not null references workspace (id) on delete cascade,
  id uuid not null,
  email text not null,
  email_key text not null,
  role text not null check (role in ('owner', 'admin', 'editor', 'analyst')),
  token_hash bytea not null unique,
  invited_by uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  revoked_at timestamptz,
  primary key (workspace_id, id)
);

-- The scope of a transaction, set by the product at its start and gone at its end. Unset reads as null: no row matches.
create function scope_workspace() returns uuid language sql stable parallel safe as
  $$ select nullif(current_setting('app.workspace', true), '')::uuid $$;
create function scope_user() returns uuid language sql stable parallel safe as
  $$ select nullif(current_setting('app.user', true), '')::uuid $$;
create function scope_invitation() returns bytea language sql stable parallel safe as
  $$ select decode(nullif(current_setting('app.invitation', true), ''), 'hex') $$;

alter table workspace enable row level security;
alter table workspace force row level security;
create policy tenant on workspace for all
  using (id = (select scope_workspace())) with check (id = (select scope_workspace()));
create policy own_memberships on workspace for select
  using (id in (select m.workspace_id from member m where m.user_id = (select scope_user())));

alter table member enable row level security;
alter table member force row level security;
create policy tenant on member for all
  using (workspace_id = (select scope_workspace())) with check (workspace_id = (select scope_workspace()));
create policy own_memberships on member for select using (user_id = (select scope_user()));

alter table invitation enable row level security;
alter table invitation force row level security;
create policy tenant on invitation for all
  using (workspace_id = (select scope_workspace())) with check (workspace_id = (select scope_workspace()));
create policy holder on invitation for select using (token_hash = (select scope_invitation()));

grant select, insert, update, delete on app_user, session, workspace, member, invitation to rookery_app;
grant select on app_user, workspace, member to rookery_worker;
grant select, delete on session to rookery_worker;
