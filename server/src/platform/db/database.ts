import { Pool, types, type PoolClient, type PoolConfig } from 'pg';
import type { Logger } from '../observability/logger.ts';
import { AppError } from '../errors.ts';
import type { Statement } from './statement.ts';

/** Where a PostgreSQL server is and as whom to talk to it. `host` may be a socket directory. */
export interface ConnectionSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly ssl: boolean;
  /** Role to act as after connecting, where the login role is another one. */
  readonly role: string | null;
}

/** The transaction handle. Every query takes it first; nothing else reaches the database. */
export interface Db {
  many<Row extends object>(statement: Statement<Row>, values?: readonly unknown[]): Promise<Row[]>;
  /** Throws when there is no row. */
  one<Row extends object>(statement: Statement<Row>, values?: readonly unknown[]): Promise<Row>;
  maybe<Row extends object>(statement: Statement<Row>, values?: readonly unknown[]): Promise<Row | null>;
  /** Answers the number of rows touched. */
  run(statement: Statement<object>, values?: readonly unknown[]): Promise<number>;
  /** For the job engine, which brings its own SQL into our transaction. */
  executeSql(text: string, values?: readonly unknown[]): Promise<{ rows: unknown[] }>;
  /** Runs after the transaction has committed; never when it rolls back. */
  afterCommit(work: () => void): void;
}

/** Whose rows a transaction sees. An absent member matches no row. */
export interface Scope {
  readonly workspaceId?: string;
  readonly userId?: string;
  /** SHA-256 of an invitation's token, in hex. */
  readonly invitationHash?: string;
  /** SHA-256 of a review link's token, in hex. */
  readonly reviewHash?: string;
}

export interface Database {
  /** One transaction that sees the rows of one workspace. The only way to tenant data. */
  withWorkspace<Result>(workspaceId: string, work: (db: Db) => Promise<Result>): Promise<Result>;
  /** One transaction in another scope: a user's own memberships, an invitation, or the instance's global tables. */
  withScope<Result>(scope: Scope, work: (db: Db) => Promise<Result>): Promise<Result>;
  /** Runs when another process (or this one) notifies the channel. Answers how to stop. */
  listen(channel: string, handle: (payload: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const schemaName = 'rookery';
const int8 = 20;
const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const hexPattern = /^([0-9a-f]{2})*$/;

export interface DatabaseOptions {
  readonly connection: ConnectionSettings;
  readonly connectionsMax: number;
  readonly statementTimeoutMs: number;
  readonly log: Logger;
}

/** Settings that every connection of ours starts with. */
export function poolSettings(connection: ConnectionSettings, statementTimeoutMs: number) {
  const role = connection.role === null ? '' : ` -c role=${connection.role}`;
  return {
    host: connection.host,
    port: connection.port,
    user: connection.user,
    password: connection.password,
    database: connection.database,
    ssl: connection.ssl,
    options: `-c search_path=${schemaName}${role} -c statement_timeout=${statementTimeoutMs} -c idle_in_transaction_session_timeout=60000 -c timezone=UTC`,
    application_name: 'rookery',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 600_000,
    keepAlive: true,
  } satisfies PoolConfig;
}

/** Opens a bounded pool. Throws nothing until the first query; a broken idle connection is logged and replaced. */
export function openDatabase(options: DatabaseOptions): Database {
  const settings = poolSettings(options.connection, options.statementTimeoutMs);
  const pool = new Pool({ ...settings, max: options.connectionsMax, types: { getTypeParser } });
  // For its whole life: an error may arrive with the very bytes that end connecting, before whoever asked for the connection has it.
  pool.on('connect', (client) => void client.on('error', ignoreError));
  pool.on('error', (error) => options.log.warn({ error: error.message }, 'a database connection broke while idle'));
  return {
    withWorkspace: (workspaceId, work) => runTransaction(pool, { workspaceId }, work),
    withScope: (scope, work) => runTransaction(pool, scope, work),
    listen: (channel, handle) => listen(pool, channel, handle),
    close: () => pool.end(),
  };
}

// int8 counts come as numbers where they are safe and as strings where not; keys are cast to text in SQL.
const getTypeParser: typeof types.getTypeParser = (id: number, format?: 'text' | 'binary') => {
  if (id === int8 && format !== 'binary') return parseInt8;
  return format === 'binary' ? types.getTypeParser(id, 'binary') : types.getTypeParser(id, 'text');
};

function parseInt8(value: string): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function scopeSql(scope: Scope): string {
  const workspace = checked(scope.workspaceId, uuidPattern);
  const user = checked(scope.userId, uuidPattern);
  const invitation = checked(scope.invitationHash, hexPattern);
  const review = checked(scope.reviewHash, hexPattern);
  // One round trip for all of it. The values are literals because the simple protocol takes no parameters; the patterns allow hex only.
  return `begin; select set_config('app.workspace', '${workspace}', true), set_config('app.user', '${user}', true), set_config('app.invitation', '${invitation}', true), set_config('app.review', '${review}', true)`;
}

function checked(value: string | undefined, pattern: RegExp): string {
  if (value === undefined) return '';
  if (!pattern.test(value)) throw new AppError('not-found');
  return value;
}

async function runTransaction<Result>(pool: Pool, scope: Scope, work: (db: Db) => Promise<Result>): Promise<Result> {
  const begin = scopeSql(scope);
  const client = await connect(pool);
  const committed: (() => void)[] = [];
  let isBroken = false;
  try {
    await client.query(begin);
    const result = await work(bindClient(client, committed));
    await client.query('commit');
    for (const callback of committed) callback();
    return result;
  } catch (error) {
    isBroken = await client.query('rollback').then(() => false, () => true);
    throw error;
  } finally {
    client.release(isBroken);
  }
}

// A query that is under way gets the error itself; without this listener the same error would also end the process.
function ignoreError(): void {}

async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw new AppError('unavailable', 'The database cannot be reached right now. Try again in a moment.', { retryAfterSeconds: 5, cause: error });
  }
}

function bindClient(client: PoolClient, committed: (() => void)[]): Db {
  const query = async (statement: Statement<object>, values: readonly unknown[] = []) =>
    client.query({ name: statement.name, text: statement.text, values: [...values] });
  return {
    many: async (statement, values) => asRows((await query(statement, values)).rows),
    one: async (statement, values) => {
      const row = (await query(statement, values)).rows[0];
      if (row === undefined) throw new Error(`no row from ${statement.name}`);
      return asRow(row);
    },
    maybe: async (statement, values) => {
      const row = (await query(statement, values)).rows[0];
      return row === undefined ? null : asRow(row);
    },
    run: async (statement, values) => (await query(statement, values)).rowCount ?? 0,
    executeSql: async (text, values = []) => ({ rows: (await client.query(text, [...values])).rows }),
    afterCommit: (work) => {
      committed.push(work);
    },
  };
}

// Guarantee: the row type is declared beside the statement's text; a test prepares every statement and compares the columns.
function asRow<Row>(row: unknown): Row {
  return row as Row;
}

function asRows<Row>(rows: unknown[]): Row[] {
  return rows as Row[];
}

const listenAgainMs = 1000;

async function listen(pool: Pool, channel: string, handle: (payload: string) => void): Promise<() => Promise<void>> {
  let client: PoolClient | null = null;
  let isStopped = false;
  const subscribe = async (): Promise<void> => {
    const next = await pool.connect();
    let isLost = false;
    // Reported more than once for one broken connection.
    const lose = (): boolean => {
      const isFirst = !isLost;
      isLost = true;
      if (isFirst) next.release(true);
      return isFirst;
    };
    next.on('notification', (message) => handle(message.payload ?? ''));
    next.on('error', () => {
      if (lose() && client === next) resubscribe();
    });
    try {
      await next.query(`listen ${channel}`);
    } catch (error) {
      lose();
      throw error;
    }
    client = next;
  };
  const resubscribe = (): void => {
    if (isStopped) return;
    // The server may be away for longer than one try.
    setTimeout(() => void subscribe().catch(resubscribe), listenAgainMs).unref();
  };
  await subscribe();
  return async () => {
    isStopped = true;
    client?.release(true);
    client = null;
  };
}
