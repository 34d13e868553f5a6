import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startApp, type RunningApp } from './app.ts';
import { ConfigError, loadConfig } from './platform/config/config.ts';
import { createLogger } from './platform/observability/logger.ts';

const webDirectory = fileURLToPath(new URL('../../web/dist/', import.meta.url));

function readVersion(): string {
  // Guarantee: the file is ours and has a version.
  const file = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return file.version;
}

/** Starts the asked-for roles, says where, and stops all of it on the first signal. */
async function main(): Promise<void> {
  const config = loadConfig();
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
  starting = startApp({ config, log, version: readVersion(), webDirectory });
  const app = await starting;
  if (app.origin !== null) console.log(`Rookery is ready: ${app.setupLink ?? config.baseUrl}`);
  if (app.setupLink !== null) console.log('The link makes the first account; it works once.');
}

main().catch((error: unknown) => {
  if (error instanceof ConfigError) console.error(error.message);
  else console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exit(1);
});
