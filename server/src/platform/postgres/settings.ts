/** The one name of the embedded database, and its superuser. */
export const databaseName = 'rookery';
export const superuserName = 'postgres';

/** A server setting by name, as in postgresql.conf. */
export type PostgresSettings = Readonly<Record<string, string>>;

/**
 * Given on the command line, so they hold for old clusters too. Memory first: the whole product promises to rest under 300 MB.
 * Kept durable: fsync and full_page_writes stay on.
 */
export const productSettings: PostgresSettings = {
  shared_buffers: '32MB',
  max_connections: '60',
  work_mem: '4MB',
  maintenance_work_mem: '32MB',
  effective_cache_size: '256MB',
  jit: 'off',
  // PostgreSQL 18 starts three processes for asynchronous reads by default; at this size they cost more than they win.
  io_method: 'sync',
  max_worker_processes: '4',
  max_parallel_workers: '2',
  max_parallel_workers_per_gather: '0',
  max_logical_replication_workers: '0',
  max_wal_senders: '2',
  max_replication_slots: '2',
  autovacuum_max_workers: '2',
  wal_level: 'replica',
  wal_compression: 'pglz',
  max_wal_size: '256MB',
  min_wal_size: '64MB',
  checkpoint_timeout: '10min',
  random_page_cost: '1.1',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
  log_checkpoints: 'off',
  cluster_name: 'rookery',
};

/** For tests: nothing in them outlives a power cut anyway. */
export const throwawaySettings: PostgresSettings = {
  ...productSettings,
  max_connections: '120',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  archive_mode: 'off',
};
