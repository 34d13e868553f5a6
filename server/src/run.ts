import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { RunningApp } from './app.ts';
import { ConfigError, type Config } from './platform/config/config.ts';
import { createLogger, type Logger } from './platform/observability/logger.ts';
import type { EmbeddedPostgres } from './platform/postgres/embedded.ts';

// Beside the packages and as private as they are; without the right to write there Node does without.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/rookery-compiled', import.meta.url)));

const webDirectory = fileURLToPath(new URL('../../web/dist/', import.meta.url));

function readVersion(): string {
  // Guarantee: the file is ours and has a version.
  const file = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return file.version;
}

/** Starts the asked-for roles, has `announce` say where, and stops all of it on the first signal. A failure ends the process. */
export async function runServer(readConfig: () => Config, announce: (app: RunningApp, config: Config) => Promise<void> | void): Promise<void> {
  try {
    await run(readConfig(), announce);
  } catch (error) {
    if (error instanceof ConfigError) console.error(error.message);
    else console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    process.exit(1);
  }
}

async function run(config: Config, announce: (app: RunningApp, config: Config) => Promise<void> | void): Promise<void> {
  const log = createLogger(config.logLevel);
  let starting: Promise<RunningApp> | null = null;
  let isStopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    // A signal during the start waits for it: what was begun, a database server above all, has to be ended too.
    const app = await starting?.catch(() => null);
    await app?.stop();
    process.exit(0);
  };
  process.on('SIGINT', () => void stop('SIGINT'));
  process.on('SIGTERM', () => void stop('SIGTERM'));
  starting = start(config, log);
  const app = await starting;
  try {
    await announce(app, config);
  } catch (error) {
    await app.stop();
    throw error;
  }
}

/** The database server starts while the rest of the product is read from disk. */
async function start(config: Config, log: Logger): Promise<RunningApp> {
  const embedded = config.databaseUrl === null ? beginDatabase(config, log) : null;
  // It is waited for further down; until then nobody listens.
  embedded?.catch(() => undefined);
  const { startApp } = await import('./app.ts').catch(async (error: unknown) => {
    await (await embedded)?.stop();
    throw error;
  });
  return startApp({ config, log, version: readVersion(), webDirectory, ...(embedded === null ? {} : { embedded }) });
}

async function beginDatabase(config: Config, log: Logger): Promise<EmbeddedPostgres> {
  // Loaded only here: a deployment with its own database never needs the packaged one.
  const { startEmbeddedPostgres } = await import('./platform/postgres/embedded.ts');
  return startEmbeddedPostgres({ dataDirectory: config.dataDirectory, log });
}
