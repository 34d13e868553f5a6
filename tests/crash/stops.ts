import assert from 'node:assert/strict';
import type { TestDatabase } from '../../server/src/platform/testing/database.ts';

/** One point inside a worker's transactions, by what the database is asked to do there. */
export interface Stop {
  readonly name: string;
  /** Table and, as SQL, which of its rows; `commit` fires while the transaction is being committed. */
  readonly when: 'before' | 'after' | 'commit';
  readonly change: 'insert' | 'update' | 'delete';
  readonly table: string;
  readonly condition?: string;
  /** The how manieth such row of the sync. */
  readonly nth?: number;
}

/** Stops a worker's database session at a named point and holds it there. */
export interface Stops {
  /** From now on the next session that reaches the point is held. */
  arm(stop: Stop): Promise<void>;
  /** Waits until a session is held. */
  reached(): Promise<void>;
  /** `release` lets the held session go on, `terminate` ends it at the server; both wait until it is gone or idle again. */
  disarm(how: 'release' | 'terminate'): Promise<void>;
}

const lockKey = 7_009_001;
const reachedWithinMs = 30_000;
const pollMs = 15;

const install = `
  create schema crash;
  create table crash.armed (name text not null, nth bigint not null);
  create sequence crash.hits;
  create function crash.hold() returns trigger language plpgsql security definer set search_path = crash as $body$
  begin
    if exists (select from armed where name = tg_argv[0]) and nextval('hits') = (select nth from armed) then
      perform pg_advisory_lock(${lockKey});
      perform pg_advisory_unlock(${lockKey});
    end if;
    return coalesce(new, old);
  end $body$`;

/** Adds a trigger for each point: asleep until armed, and invisible to the product. */
export async function installStops(database: TestDatabase, stops: readonly Stop[]): Promise<Stops> {
  await database.admin(install);
  for (const [index, stop] of stops.entries()) await database.admin(triggerOf(stop, index));
  const isHeld = async (): Promise<number | null> => {
    const [row] = await database.admin(
      `select pid from pg_locks where locktype = 'advisory' and objid = ${lockKey} and not granted and database = (select oid from pg_database where datname = current_database())`,
    );
    return row === undefined ? null : Number(row['pid']);
  };
  return {
    arm: async (stop) => {
      await database.admin(`select pg_advisory_lock(${lockKey})`);
      await database.admin('truncate crash.armed');
      await database.admin(`select setval('crash.hits', 1, false)`);
      await database.admin('insert into crash.armed values ($1, $2)', [stop.name, stop.nth ?? 1]);
    },
    reached: () => poll('no worker reached the point', async () => (await isHeld()) !== null),
    disarm: async (how) => {
      const pid = await isHeld();
      await database.admin('delete from crash.armed');
      if (how === 'terminate' && pid !== null) await database.admin('select pg_terminate_backend($1)', [pid]);
      await database.admin(`select pg_advisory_unlock(${lockKey})`);
      if (pid === null) return;
      await poll('the held session did not end', async () =>
        (await database.admin(`select from pg_stat_activity where pid = $1 and state = 'active'`, [pid])).length === 0);
    },
  };
}

function triggerOf({ name, when, change, table, condition }: Stop, index: number): string {
  const kind = when === 'commit' ? 'constraint trigger' : 'trigger';
  const timing = when === 'commit' ? 'after' : when;
  const deferral = when === 'commit' ? 'deferrable initially deferred' : '';
  // Late in the alphabet: the product's own triggers come first.
  return `create ${kind} zz_crash_${index} ${timing} ${change} on ${table} ${deferral} for each row
    ${condition === undefined ? '' : `when (${condition})`} execute function crash.hold('${name.replaceAll("'", "''")}')`;
}

/** Asks until the answer is yes. Throws with `otherwise` when it stays no. */
export async function poll(otherwise: string, ask: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + reachedWithinMs;
  while (!(await ask())) {
    assert.ok(performance.now() < deadline, otherwise);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
