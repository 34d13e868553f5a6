-- A server that keeps failing is left alone, not its whole network: a network of many servers has one row for each.
-- Lock note: a new table only. `network_pause` stays for the version before, which still writes it.
-- Of the instance: it names no tenant.
create table server_pause (
  network text not null,
  -- The host; empty where the network is one service.
  server text not null,
  failures integer not null,
  until timestamptz not null,
  primary key (network, server)
);

grant select, insert, update, delete on server_pause to rookery_worker;
