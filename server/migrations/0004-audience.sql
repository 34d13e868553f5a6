-- The follower ledger. Lock note: new tables only.
create table person (
  workspace_id uuid not null references workspace (id) on delete cascade,
  network text not null,
  -- A numeric id is its own key; any other id is a 62-bit keyed hash of itself.
  key bigint not null,
  external_id text not null,
  handle text,
  name text,
  verified boolean,
  followers bigint,
  profile_url text,
  seen_at timestamptz not null,
  primary key (workspace_id, network, key)
);
create index person_handle on person (workspace_id, network, lower(handle) text_pattern_ops);

create table scan (
  workspace_id uuid not null,
  account_id uuid not null,
  id uuid not null,
  kind text not null check (kind in ('full', 'new', 'import')),
  state text not null check (state in ('running', 'complete', 'partial', 'held', 'discarded', 'failed')),
  started_at timestamptz not null,
  -- The moment the list is of: set when the scan ends.
  at timestamptz,
  stated bigint,
  received bigint not null default 0,
  pages integer not null default 0,
  -- Where the next page begins; null before the first page and once the network closed the list.
  cursor text,
  cursor_closed boolean not null default false,
  -- Raised by every process that takes the scan over; a write with an older one is refused.
  fence integer not null default 1,
  gained bigint not null default 0,
  lost bigint not null default 0,
  -- Running totals of the account before this scan: any range is the difference of two rows.
  gained_before bigint not null default 0,
  lost_before bigint not null default 0,
  followers bigint,
  reason text,
  primary key (workspace_id, id),
  foreign key (workspace_id, account_id) references account (workspace_id, id) on delete cascade
);
create unique index scan_one_running on scan (workspace_id, account_id) where state = 'running';
create index scan_account_at on scan (workspace_id, account_id, at desc) include (state, gained, lost, gained_before, lost_before, followers);
create index scan_account_started on scan (workspace_id, account_id, started_at desc);

-- Pages of open scans, and of the latest complete one of each account: these are its follower list, in the network's order.
create table scan_page (
  workspace_id uuid not null,
  scan_id uuid not null,
  pos integer not null,
  n integer not null,
  -- n keys, 8 bytes each, little-endian.
  ids bytea not null,
  primary key (workspace_id, scan_id, pos),
  foreign key (workspace_id, scan_id) references scan (workspace_id, id) on delete cascade
);
alter table scan_page alter column ids set storage external;

-- One row per account: the list in force and the running totals. Locked by whoever changes them.
create table audience_head (
  workspace_id uuid not null,
  account_id uuid not null,
  -- The scan whose pages are the follower list; null before the first.
  scan_id uuid,
  followers bigint,
  at timestamptz,
  gained bigint not null default 0,
  lost bigint not null default 0,
  primary key (workspace_id, account_id),
  foreign key (workspace_id, account_id) references account (workspace_id, id) on delete cascade
);

-- Changes count up without gaps per account and direction, so that a page at any offset is a range of seq.
create table follower_change (
  workspace_id uuid not null,
  account_id uuid not null,
  -- 1: came (gained, returned). -1: went (lost, suspended, deactivated).
  direction smallint not null check (direction in (1, -1)),
  seq bigint not null,
  kind text not null check (kind in ('gained', 'returned', 'lost', 'suspended', 'deactivated')),
  at timestamptz not null,
  since timestamptz,
  person_key bigint not null,
  scan_id uuid not null,
  primary key (workspace_id, account_id, direction, seq),
  foreign key (workspace_id, account_id) references account (workspace_id, id) on delete cascade
);
create index follower_change_account_at on follower_change (workspace_id, account_id, at desc, direction, seq desc);
create index follower_change_person on follower_change (workspace_id, account_id, person_key, at desc);

-- People of the list in force whom the latest full scan did not see, with what a look-up said of them. On networks whose
-- paging can skip, a second miss in a row makes a leaver; until then they stay in the list.
create table follower_missed (
  workspace_id uuid not null,
  account_id uuid not null,
  person_key bigint not null,
  scan_id uuid not null,
  status text check (status in ('active', 'suspended', 'deactivated', 'unknown')),
  primary key (workspace_id, account_id, person_key),
  foreign key (workspace_id, account_id) references account (workspace_id, id) on delete cascade
);

create table metric_snapshot (
  workspace_id uuid not null,
  account_id uuid not null,
  at timestamptz not null,
  metric text not null,
  value double precision,
  source text not null check (source in ('measured', 'carried', 'unsupported')),
  primary key (workspace_id, account_id, metric, at),
  foreign key (workspace_id, account_id) references account (workspace_id, id) on delete cascade,
  check ((source = 'unsupported') = (value is null))
);
create index metric_snapshot_at on metric_snapshot (workspace_id, account_id, at desc);

create table import (
  workspace_id uuid not null references workspace (id) on delete cascade,
  id uuid not null,
  account_id uuid,
  -- Null until the files tell, where nobody said it before.
  network text,
  -- For an account that does not exist before the commit.
  handle text,
  state text not null check (state in ('receiving', 'reading', 'ready', 'committing', 'committed', 'discarded', 'failed')),
  created_by uuid not null,
  created_at timestamptz not null,
  -- The list's date as a person gave it, and as it is taken to be.
  dated_by_person timestamptz,
  dated timestamptz,
  -- Equal for equal lists of one network.
  digest text,
  progress real not null default 0,
  preview jsonb,
  -- The scan that the list is staged in, from the first commit on.
  scan_id uuid,
  error text,
  primary key (workspace_id, id),
  foreign key (workspace_id, account_id) references account (workspace_id, id) on delete cascade
);
create index import_created on import (workspace_id, created_at desc);

create table import_file (
  workspace_id uuid not null,
  import_id uuid not null,
  pos integer not null,
  name text not null,
  bytes bigint not null,
  modified_at timestamptz,
  stored_as text not null,
  primary key (workspace_id, import_id, pos),
  foreign key (workspace_id, import_id) references import (workspace_id, id) on delete cascade
);

do $$
declare t text;
begin
  foreach t in array array['person', 'scan', 'scan_page', 'audience_head', 'follower_change', 'follower_missed', 'metric_snapshot', 'import', 'import_file']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I for all using (workspace_id = (select scope_workspace())) with check (workspace_id = (select scope_workspace()))', t);
    execute format('grant select, insert, update, delete on %I to rookery_app, rookery_worker', t);
  end loop;
end $$;
