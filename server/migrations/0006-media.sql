-- The media library. Lock note: new tables only.
create table media (
  workspace_id uuid not null references workspace (id) on delete cascade,
  -- Grows with time, so it is also the order of the library.
  id uuid not null,
  name text not null check (char_length(name) between 1 and 120),
  type text not null check (type in ('image/jpeg', 'image/png', 'image/gif')),
  bytes integer not null,
  width integer not null,
  height integer not null,
  has_alpha boolean not null,
  is_animated boolean not null,
  alt_text text not null default '',
  placeholder text not null check (char_length(placeholder) <= 300),
  -- Key of the file in the blob store; says nothing about the name.
  stored_as text not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (workspace_id, id)
);

-- Other forms of an image: previews, and what fits the rules of a network. Made from it, so they can be made again.
create table media_form (
  workspace_id uuid not null,
  media_id uuid not null,
  -- `preview-320`, or `fit-` and a hash of the rule.
  form text not null,
  type text not null,
  bytes integer not null,
  width integer not null,
  height integer not null,
  stored_as text not null,
  created_at timestamptz not null,
  primary key (workspace_id, media_id, form),
  foreign key (workspace_id, media_id) references media (workspace_id, id) on delete cascade
);

do $$
declare t text;
begin
  foreach t in array array['media', 'media_form'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I for all using (workspace_id = (select scope_workspace())) with check (workspace_id = (select scope_workspace()))', t);
  end loop;
end $$;
grant select, insert, update, delete on media, media_form to rookery_app;
grant select on media to rookery_worker;
grant select, insert on media_form to rookery_worker;
