import { existsSync, readFileSync } from 'node:fs';
import { prepareDirectories } from './directories.ts';
import { chooseHostAndPort, startEmbeddedPostgres, type PostgresConnection, type PostgresLog } from './embedded.ts';
import { identifyPostmaster, readPidFile } from './pid-file.ts';
import { DatabaseStartError } from './start-error.ts';
import { databaseName, superuserName } from './settings.ts';

export interface Visit {
  readonly connection: PostgresConnection;
  /** Leaves everything as it was found: what was started for the visit is stopped. */
  end(): Promise<void>;
}

/**
 * Opens the packaged database for a command of the operator, also beside a Rookery that is running on it. Throws DatabaseStartError
 * where there is none.
 */
export async function visitPostgres(dataDirectory: string, log: PostgresLog): Promise<Visit> {
  // Asked first: preparing makes the folder where there is none.
  const directories = existsSync(dataDirectory) ? prepareDirectories(dataDirectory) : null;
  if (directories === null || !existsSync(directories.password)) {
    throw new DatabaseStartError(`There is no database in ${dataDirectory}. Start Rookery once, or say where it is with ROOKERY_DATA_DIR.`);
  }
  const running = readPidFile(directories.cluster);
  if (running !== null && identifyPostmaster(running.pid, directories.cluster) !== 'gone') {
    const address = { ...(await chooseHostAndPort(directories)), user: superuserName, password: readFileSync(directories.password, 'utf8').trim() };
    return { connection: { ...address, database: databaseName }, end: async () => {} };
  }
  const own = await startEmbeddedPostgres({ dataDirectory, log });
  return { connection: own.connection, end: () => own.stop() };
}
