import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres, type PostgresLog } from './embedded.ts';
import { throwawaySettings } from './settings.ts';

const log: PostgresLog = { info: () => undefined, warn: (facts, sentence) => console.error(sentence, facts) };

/** Starts a database server for tests in a new temporary folder. `stop` removes both; so does the end of this process, in whatever way. */
export async function startTemporaryPostgres(): Promise<EmbeddedPostgres> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'rookery-pg-'));
  // Root hands the server to another user, who must be able to pass through.
  chmodSync(dataDirectory, 0o711);
  const cleaner = startCleaner(dataDirectory);
  try {
    const postgres = await startEmbeddedPostgres({ dataDirectory, log, settings: throwawaySettings, isThrowaway: true });
    return {
      ...postgres,
      stop: async () => {
        await postgres.stop();
        cleaner.clean();
      },
    };
  } catch (error) {
    cleaner.clean();
    throw error;
  }
}

// `cat` reads from us and so ends with us, even after kill -9, where no handler of ours would run.
const cleanScript = 'cat >/dev/null; kill -QUIT "$(head -n 1 "$1/postgres/postmaster.pid")"; sleep 1; rm -rf "$1"';

function startCleaner(dataDirectory: string): { clean(): void } {
  const removeFolder = (): void => rmSync(dataDirectory, { recursive: true, force: true, maxRetries: 5 });
  if (process.platform === 'win32') return { clean: removeFolder };
  const shell = spawn('sh', ['-c', cleanScript, 'sh', dataDirectory], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  shell.unref();
  return {
    clean: () => {
      removeFolder();
      shell.stdin.end();
    },
  };
}
