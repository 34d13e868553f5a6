-- Connected accounts, their encrypted grants, consents under way. Lock note: new tables only.
create table account (
  workspace_id uuid not null references workspace (id) on delete cascade,
  id uuid not null,
  network text not null,
  -- The network's stable id; for accounts that only take imports, `handle:` and the handle.
  external_id text not null,
  handle text not null,
  name text not null,
  profile_url text,
  simulated boolean not null,
  state text not null check (state in ('connected', 'reconnect', 'import', 'disconnected')),
  state_reason text,
  scopes_granted text[] not null default '{}',
  connected_at timestamptz not null,
  -- Latest count that the network stated, with its time.
  stated_followers bigint,
  stated_at timestamptz,
  next_sync_at timestamptz,
  primary key (workspace_id, id),
  unique (workspace_id, network, external_id)
);
create index account_due on account (next_sync_at) where next_sync_at is not null;

create table account_token (
  workspace_id uuid not null,
  account_id uuid not null,
  -- Fernet token of the JSON grant; key_id names the key (first 8 hex of its SHA-256).
  token_enc text not null,
  key_id text not null,
  -- HMAC over workspace, account and the ciphertext: a row moved elsewhere is refused.
  binding bytea not null,
  version integer not null,
  expires_at timestamptz,
  updated_at timestamptz not null,
  primary key (workspace_id, account_id),
  foreign key (workspace_id, account_id) references account (workspace_id, id) on delete cascade
);
create index account_token_key on account_token (key_id);

-- One consent between start and callback: one use, ten minutes.
create table consent (
  workspace_id uuid not null references workspace (id) on delete cascade,
  state_hash bytea not null,
  user_id uuid not null references app_user (id) on delete cascade,
  session_id uuid not null references session (id) on delete cascade,
  network text not null,
  account_id uuid,
  secrets_enc text not null,
  key_id text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (workspace_id, state_hash)
);
create index consent_state on consent (state_hash);

-- What a provider has to remember per server (an app registration), encrypted. Belongs to the instance, not to a workspace.
create table provider_memory (
  key text primary key,
  value_enc text not null,
  key_id text not null,
  updated_at timestamptz not null
);

alter table account enable row level security;
alter table account force row level security;
create policy tenant on account for all
  using (workspace_id = (select scope_workspace())) with check (workspace_id = (select scope_workspace()));
-- The scheduler finds what is due across workspaces; it reads, and acts inside each workspace's own scope.
create policy due on account for select to rookery_worker using (next_sync_at is not null);

alter table account_token enable row level security;
alter table account_token force row level security;
create policy tenant on account_token for all
  using (workspace_id = (select scope_workspace())) with check (workspace_id = (select scope_workspace()));

alter table consent enable row level security;
alter table consent force row level security;
create policy tenant on consent for all
  using (workspace_id = (select scope_workspace())) with check (workspace_id = (select scope_workspace()));
-- The callback knows only the state and who is signed in.
create policy own on consent for select using (user_id = (select scope_user()));
create policy own_delete on consent for delete using (user_id = (select scope_user()));

grant select, insert, update, delete on account, account_token, consent, provider_memory to rookery_app;
grant select, insert, update, delete on account, account_token, provider_memory to rookery_worker;
grant select, delete on consent to rookery_worker;
