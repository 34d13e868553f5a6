-- Since when an account is in its state, and whose turn it is to renew its access.
-- Lock note: columns with constant defaults, so no table is rewritten; one row per account is updated under the lock.
alter table account add column state_at timestamptz not null default now();
-- Also the owner is under row-level security here, and sees no row without a workspace.
alter table account no force row level security;
update account set state_at = connected_at;
alter table account force row level security;

-- While one process asks the network for a new grant, nobody else does. A lease instead of a row lock, so that no database
-- connection is held meanwhile; it runs out by the database's clock, should the process die.
alter table account_token add column refreshing_by uuid;
alter table account_token add column refreshing_until timestamptz;
