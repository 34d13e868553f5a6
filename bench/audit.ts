// How long it takes to seal the audit trail and to read all of it again, beside writing it: 100,000 events of 50 workspaces, written by
// the product one for one as every change writes its own. Run: npm run bench -- audit [events]
import { randomUUID } from 'node:crypto';
import { deriveSigningKey, recordAudit, verifyAudit } from '../server/src/features/audit/index.ts';
import { sealNext } from '../server/src/features/audit/seal/sealer.ts';
import { systemClock } from '../server/src/platform/clock.ts';
import { openDatabase } from '../server/src/platform/db/database.ts';
import { silentLogger } from '../server/src/platform/observability/logger.ts';
import { createTestDatabase } from '../server/src/platform/testing/database.ts';
import { endTestServer } from '../server/src/platform/testing/server.ts';

const workspacesCount = 50;
const perTransaction = 10;
const writers = 4;
const events = Number(process.argv[3] ?? 100_000);
if (!(events >= 1000)) throw new Error('npm run bench -- audit [events, at least 1000]');

const database = await createTestDatabase();
const owner = openDatabase({ connection: { ...database.connection('admin'), role: 'rookery_owner' }, connectionsMax: 1, statementTimeoutMs: 600_000, log: silentLogger });
const key = deriveSigningKey('only for a benchmark, and long enough to be a secret');
const workspaces = Array.from({ length: workspacesCount }, () => randomUUID());

async function measure(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return (performance.now() - startedMs) / 1000;
}

let left = events;
const writeSome = async (): Promise<void> => {
  while (left > 0) {
    const count = Math.min(perTransaction, left);
    left -= count;
    const id = workspaces[left % workspacesCount] ?? '';
    await database.app.withWorkspace(id, async (db) => {
      for (let index = 0; index < count; index += 1) {
        await recordAudit(db, {
          clock: systemClock, actor: { kind: 'user', id: randomUUID(), name: 'Ada Owner' }, facts: { ip: '192.0.2.7', userAgent: 'a browser of our days' }, workspace: { id },
        }, { action: 'post:create', entity: { type: 'post', id: randomUUID(), name: null }, metadata: { accounts: 2 } });
      }
    });
  }
};
const write = await measure(() => Promise.all(Array.from({ length: writers }, writeSome)));
let seals = 0;
const seal = await measure(async () => {
  while ((await sealNext({ database: database.worker, clock: systemClock }, key)) !== null) seals += 1;
});
const startedMs = performance.now();
const { problems, unsealed, events: read } = await verifyAudit({ database: owner, keys: [key.publicKey] });
const verify = (performance.now() - startedMs) / 1000;
const show = (name: string, seconds: number): string =>
  `${name.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s  ${(events / seconds).toFixed(0).padStart(7)} events/s  ${(seconds / write).toFixed(3)} of writing them`;
console.log(`${events} events of ${workspacesCount} workspaces, ${seals} seals`);
for (const [name, seconds] of [['write', write], ['seal', seal], ['verify', verify]] as const) console.log(show(name, seconds));
const holds = problems.length === 0 && unsealed === 0 && read === events;
console.log(holds ? 'the trail holds' : `NOT as it was written: ${problems.join(' ')}`);
process.exitCode = holds ? 0 : 1;
await owner.close();
await endTestServer();
