-- Rate limits that check a secret, where there is no Redis. Belongs to the instance. Lock note: new table only.
-- `log`: times of the admitted calls that still count, in milliseconds since 1970, comma-separated, oldest first.
create table limit_log (
  key text collate "C" primary key,
  log text not null,
  expires_at timestamptz not null
);
create index limit_log_expiry on limit_log (expires_at);
grant select, insert, update, delete on limit_log to rookery_app;
