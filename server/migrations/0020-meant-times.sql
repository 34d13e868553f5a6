-- Drafts that keep the time they are meant for, and occurrences of series that wait for approval.
-- Lock note: one column with a constant default and one check that is not validated (the one before was stricter): short locks, no scan.

-- A draft may name a time and zone; only what has `due_at` goes out.
alter table post drop constraint post_check;
alter table post add constraint post_time check ((wall_time is null) = (zone is null) and (due_at is null or wall_time is not null)) not valid;

-- Started, changed or resumed by somebody who may approve, while the workspace asked for approval: its occurrences need none of their own.
alter table post_series add column is_released boolean not null default false;

grant insert, update on post_approval to rookery_worker;
grant insert on post_comment to rookery_worker;
