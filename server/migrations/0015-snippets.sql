-- Templates and signatures. Lock note: a new table only.
create table snippet (
  workspace_id uuid not null references workspace (id) on delete cascade,
  id uuid not null,
  kind text not null check (kind in ('template', 'signature')),
  name text not null check (char_length(name) between 1 and 80),
  text text not null,
  author_name text not null,
  updated_at timestamptz not null,
  version integer not null default 1,
  primary key (workspace_id, id)
);
create unique index snippet_name on snippet (workspace_id, kind, lower(name));

alter table snippet enable row level security;
alter table snippet force row level security;
create policy tenant on snippet for all
  using (workspace_id = (select scope_workspace())) with check (workspace_id = (select scope_workspace()));

grant select, insert, update, delete on snippet to rookery_app;
