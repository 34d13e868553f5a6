-- The daily look over the files of images. Lock note: one new table, and one column without a default, so no table is rewritten.

-- Files that no row names, since when. They are deleted once they have been that for some days. Their workspace may be gone, so this
-- table belongs to none; the web role has no rights on it.
create table blob_orphan (
  key text primary key,
  bytes int8 not null,
  seen_at timestamptz not null
);
grant select, insert, delete on blob_orphan to rookery_worker;

-- Since when the file of an image has been missing from the store; null while it is there.
alter table media add column missing_at timestamptz;
grant update (missing_at) on media to rookery_worker;
grant delete on media_form to rookery_worker;
