import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { deriveSigningKey, verifyAudit, writeCheckpoint, type AuditReport } from '../features/audit/index.ts';
import { loadConfig, type Config } from '../platform/config/config.ts';
import { loadSecrets } from '../platform/config/secrets.ts';
import { openDatabase, type ConnectionSettings, type Database } from '../platform/db/database.ts';
import { parseUrl } from '../platform/db/provision.ts';
import { createLogger } from '../platform/observability/logger.ts';
import { visitPostgres } from '../platform/postgres/visit.ts';

const statementTimeoutMs = 1_800_000;
export const auditUsage = `npm run rookery -- audit verify [--checkpoint FILE] [--key HEX]
    Reads the whole audit trail and checks it against its seals. Ends with 1 and a sentence for each thing that is not as it was written.
    --checkpoint FILE  lines that "audit checkpoint" or AUDIT_ANCHOR_FILE wrote: the trail must go on from each of them
    --key HEX          a public key from before SECRET_KEY was changed; may be given more than once
npm run rookery -- audit checkpoint
    Prints how far the trail goes, signed, as one line to keep away from this machine.`;

/** Opens the database as the owner of its tables, who reads the trail of every workspace. */
async function withOwner<Result>(config: Config, work: (database: Database) => Promise<Result>): Promise<Result> {
  const log = createLogger('error');
  const visit = config.databaseUrl === null ? await visitPostgres(config.dataDirectory, log) : null;
  const admin: ConnectionSettings = visit === null ? parseUrl(config.databaseUrl ?? '', null) : { ...visit.connection, ssl: false, role: null };
  const database = openDatabase({ connection: { ...admin, role: 'rookery_owner' }, connectionsMax: 1, statementTimeoutMs, log });
  try {
    return await work(database);
  } finally {
    await database.close();
    await visit?.end();
  }
}

function print(report: AuditReport, seconds: number): void {
  for (const problem of report.problems) console.log(`WRONG  ${problem}`);
  console.log(`events ${report.events}, of them not sealed yet ${report.unsealed}; seals ${report.seals}; checkpoints given ${report.checkpoints}; read in ${seconds.toFixed(1)} s`);
  if (report.head !== null) console.log(`the last seal is ${report.head.n} of ${report.head.at.toISOString()}: ${report.head.hash.toString('hex')}`);
  console.log(report.problems.length === 0 ? 'The audit trail is as it was written.' : 'The audit trail is NOT as it was written.');
}

async function verify(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { checkpoint: { type: 'string' }, key: { type: 'string', multiple: true } } });
  const bad = values.key?.find((key) => !/^[0-9a-f]{64}$/i.test(key));
  if (bad !== undefined) throw new Error(`--key wants 64 hexadecimal digits, as a checkpoint has them; this is ${bad.length} characters.`);
  const config = loadConfig();
  const own = deriveSigningKey((await loadSecrets(config)).secretKey).publicKey;
  const keys = [own, ...(values.key ?? []).map((key) => Buffer.from(key, 'hex'))];
  const checkpoints = values.checkpoint === undefined ? [] : (await readFile(values.checkpoint, 'utf8')).split('\n');
  const startedMs = performance.now();
  const report = await withOwner(config, (database) => verifyAudit({ database, keys, checkpoints }));
  print(report, (performance.now() - startedMs) / 1000);
  return report.problems.length === 0 ? 0 : 1;
}

async function checkpoint(): Promise<number> {
  const config = loadConfig();
  const key = deriveSigningKey((await loadSecrets(config)).secretKey);
  const { head, problems } = await withOwner(config, (database) => verifyAudit({ database, keys: [key.publicKey] }));
  if (problems.length > 0 || head === null) {
    console.error(head === null ? 'There is no seal yet: a worker makes the first one a few seconds after the first event.' : 'The trail does not hold: see "audit verify". No checkpoint is made of it.');
    return 1;
  }
  console.log(writeCheckpoint(head, key));
  return 0;
}

/** Runs `audit …` and answers the exit code. */
export async function runAudit([command, ...args]: readonly string[]): Promise<number> {
  if (command === 'verify') return verify(args);
  if (command === 'checkpoint') return checkpoint();
  console.error(auditUsage);
  return 2;
}
