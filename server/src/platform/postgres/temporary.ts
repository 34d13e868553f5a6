import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres, type PostgresLog } from './embedded.ts';
import { throwawaySettings } from './settings.ts';

const silentLog: PostgresLog = { info: () => undefined, warn: (facts, sentence) => console.error(sentence, facts) };

/** Starts a database server for tests in a new temporary folder; `stop` removes both. If the process ends without it, they go too. */
export async function startTemporaryPostgres(): Promise<EmbeddedPostgres> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'rookery-pg-'));
  // Root hands the server to another user, who must be able to pass through.
  chmodSync(dataDirectory, 0o711);
  const postgres = await startEmbeddedPostgres({ dataDirectory, log: silentLog, settings: throwawaySettings, isThrowaway: true });

  function removeFolder(): void {
    rmSync(dataDirectory, { recursive: true, force: true, maxRetries: 5 });
  }

  function stopAtExit(): void {
    // Nothing can be awaited here: SIGQUIT ends the server at once, and the folder goes from under it.
    try {
      process.kill(postgres.pid(), 'SIGQUIT');
    } catch {
      // It has ended already.
    }
    removeFolder();
  }

  process.once('exit', stopAtExit);
  return {
    ...postgres,
    stop: async () => {
      process.off('exit', stopAtExit);
      await postgres.stop();
      removeFolder();
    },
  };
}
