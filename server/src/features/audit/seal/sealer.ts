import { appendFile } from 'node:fs/promises';
import { Alarm } from '../../../platform/alarm.ts';
import type { Services } from '../../context.ts';
import { writeCheckpoint } from './checkpoint.ts';
import { findLastSeal, insertSeal, listUnsealed, lockSealing, type SealRow } from './queries.ts';
import { deriveSigningKey, makeSeal, nothingBefore, packEvents, unpackEvents, type Seal, type SigningKey } from './seal.ts';

const sealEveryMs = 5000;
/** Events of one seal; one transaction is never divided. */
const eventsWanted = 1000;
const anchorEveryMs = 60_000;

export type SealerServices = Pick<Services, 'database' | 'clock' | 'log' | 'secretKey'> & { readonly config: Pick<Services['config'], 'auditAnchorFile'> };

export function readSeal(row: SealRow): Seal {
  return {
    n: Number(row.n), fromXid: BigInt(row.from_xid), toXid: BigInt(row.to_xid), events: unpackEvents(row.leaves), root: row.root, previous: row.previous,
    at: row.sealed_at, hash: row.hash, key: row.key, signature: row.signature,
  };
}

/**
 * Makes the next seal over events whose transactions are over. Answers null when there are none, or when another process is at it.
 * No permission: the worker itself. No audit: it is what proves the trail.
 */
export async function sealNext(services: Pick<SealerServices, 'database' | 'clock'>, key: SigningKey): Promise<Seal | null> {
  return services.database.withScope({}, async (db) => {
    if (!(await db.one(lockSealing)).is_ours) return null;
    const row = await db.maybe(findLastSeal);
    const last = row === null ? null : readSeal(row);
    const fromXid = last?.toXid ?? 0n;
    const found = await db.many(listUnsealed, [fromXid, eventsWanted]);
    const [first] = found;
    if (first === undefined) return null;
    const seal = makeSeal({
      n: (last?.n ?? 0) + 1, fromXid, toXid: BigInt(first.to_xid), events: found.map(({ id, leaf }) => ({ id, leaf })),
      previous: last?.hash ?? nothingBefore, at: services.clock.now(),
    }, key);
    await db.run(insertSeal, [
      seal.n, seal.fromXid, seal.toXid, seal.events.length, packEvents(seal.events), seal.root, seal.previous, seal.at, seal.hash, seal.key, seal.signature,
    ]);
    return seal;
  });
}

/** Seals what is there, and then what comes, every few seconds, for as long as this process works. Any number of processes may. */
export function startSealer(services: SealerServices): { stop: () => Promise<void> } {
  const key = deriveSigningKey(services.secretKey);
  let isStopped = false;
  const alarm = new Alarm();
  let anchoredMs = -Infinity;
  let unanchored: Seal | null = null;
  /** Seals all that is there; then, not too often, adds how far it goes to the file that is kept elsewhere. */
  const sealAll = async (isLast: boolean): Promise<void> => {
    try {
      for (let seal = await sealNext(services, key); seal !== null; seal = await sealNext(services, key)) unanchored = seal;
      const { auditAnchorFile: path } = services.config;
      if (path === null || unanchored === null || (!isLast && performance.now() - anchoredMs < anchorEveryMs)) return;
      await appendFile(path, `${writeCheckpoint(unanchored, key)}\n`);
      anchoredMs = performance.now();
      unanchored = null;
    } catch (error) {
      services.log.warn({ error: error instanceof Error ? error.message : 'unknown' }, 'the audit trail could not be sealed, or its checkpoint not written; it is tried again');
    }
  };
  const loop = async (): Promise<void> => {
    while (!isStopped) {
      await sealAll(false);
      await alarm.sleep(sealEveryMs);
    }
  };
  const looping = loop();
  return {
    stop: async () => {
      isStopped = true;
      alarm.ring();
      await looping;
      // What was written until now does not wait for the next start.
      await sealAll(true);
    },
  };
}
