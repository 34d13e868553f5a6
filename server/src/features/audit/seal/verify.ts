import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../../../platform/crypto/canonical-json.ts';
import type { Database } from '../../../platform/db/database.ts';
import { commitTo } from '../commitment.ts';
import { readCheckpoint, type Checkpoint } from './checkpoint.ts';
import { countUnsealed, listSeals, listWholeEvents, type WholeEventRow } from './queries.ts';
import { readSeal } from './sealer.ts';
import { isHashRight, isSignatureRight, nothingBefore, rootOf, type Seal } from './seal.ts';

/** Seals are made every few seconds; what waits this much longer was put where no seal looks, or nobody seals. */
const unsealedSecondsMax = 600;
const namedMax = 20;

export interface AuditReport {
  readonly events: number;
  readonly seals: number;
  /** Written, and not under a seal yet. */
  readonly unsealed: number;
  readonly checkpoints: number;
  /** The last seal; null before the first. */
  readonly head: Pick<Seal, 'n' | 'hash' | 'at'> | null;
  /** A sentence for each thing that is not as it was written; none when the trail holds. */
  readonly problems: readonly string[];
}

export interface VerifyOptions {
  /** As the owner of the tables. */
  readonly database: Database;
  /** Keys whose seals are believed, each 32 bytes. */
  readonly keys: readonly Buffer[];
  /** Lines that were kept elsewhere. */
  readonly checkpoints?: readonly string[];
}

/**
 * Reads the whole trail again: every event against its seal, every seal against the one before and its signature, and all of it against
 * what was kept elsewhere. Whoever owns the machine and its keys can write a new trail that holds in itself: only a checkpoint that was
 * kept away from it tells that one from the old.
 */
export async function verifyAudit({ database, keys, checkpoints = [] }: VerifyOptions): Promise<AuditReport> {
  const problems: string[] = [];
  const anchors = readAnchors(checkpoints, keys, problems);
  let last: Seal | null = null;
  let events = 0;
  let seals = 0;
  for (let page = await readPage(database, 0); page.length > 0; page = await readPage(database, last?.n ?? 0)) {
    for (const seal of page) {
      problems.push(...checkSeal(seal, last, keys), ...checkAnchors(seal, anchors));
      const rows = await database.withScope({}, (db) => db.many(listWholeEvents, [seal.fromXid, seal.toXid]));
      problems.push(...checkEvents(seal, rows));
      events += rows.length;
      seals += 1;
      last = seal;
    }
  }
  const end: Seal | null = last;
  for (const { seal, at } of anchors) {
    if (seal > (end?.n ?? 0)) problems.push(`Seal ${seal} of ${at} was kept elsewhere and is not here: the end of the trail is missing.`);
  }
  const { count, waiting_seconds } = await database.withScope({}, (db) => db.one(countUnsealed, [end?.toXid ?? 0n]));
  if (waiting_seconds !== null && waiting_seconds > unsealedSecondsMax) {
    problems.push(`${count} events are under no seal, the oldest of them for ${Math.round(waiting_seconds / 60)} minutes: their seals were removed, or no worker has run since. Start one and ask again.`);
  }
  return { events: events + count, seals, unsealed: count, checkpoints: anchors.length, head: end === null ? null : { n: end.n, hash: end.hash, at: end.at }, problems };
}

async function readPage(database: Database, after: number): Promise<readonly Seal[]> {
  return (await database.withScope({}, (db) => db.many(listSeals, [after]))).map(readSeal);
}

function readAnchors(lines: readonly string[], keys: readonly Buffer[], problems: string[]): readonly Checkpoint[] {
  return lines.filter((line) => line.trim() !== '').flatMap((line, index) => {
    const checkpoint = readCheckpoint(line);
    if (checkpoint === null) problems.push(`Line ${index + 1} of the checkpoints is none, or was changed: its signature does not fit.`);
    else if (!isKnown(Buffer.from(checkpoint.key, 'hex'), keys)) problems.push(`Line ${index + 1} of the checkpoints is signed by another key than this server's.`);
    return checkpoint ?? [];
  });
}

function isKnown(key: Buffer, keys: readonly Buffer[]): boolean {
  return keys.some((known) => known.equals(key));
}

function checkSeal(seal: Seal, before: Seal | null, keys: readonly Buffer[]): string[] {
  const name = `Seal ${seal.n} of ${seal.at.toISOString()}`;
  const problems: string[] = [];
  const expected = (before?.n ?? 0) + 1;
  if (seal.n !== expected) problems.push(`${seal.n - expected === 1 ? `Seal ${expected} is` : `Seals ${expected} to ${seal.n - 1} are`} missing.`);
  else if (!seal.previous.equals(before?.hash ?? nothingBefore)) problems.push(`${name} does not follow the one before it: that one was replaced.`);
  else if (seal.fromXid !== (before?.toXid ?? 0n)) problems.push(`${name} does not begin where the one before it ends.`);
  if (!isHashRight(seal)) problems.push(`${name} was changed: its hash does not fit what it says.`);
  if (!isKnown(seal.key, keys)) {
    // Said once for all seals in a row that have this key.
    if (before?.key.equals(seal.key) !== true) problems.push(`${name} and what follows is signed by another key than this server's, ${seal.key.toString('hex')}. Was SECRET_KEY changed? Then give the old one with --key.`);
  } else if (!isSignatureRight(seal)) {
    problems.push(`${name} was changed: its signature does not fit.`);
  }
  if (!rootOf(seal.events).equals(seal.root)) problems.push(`${name} was changed: its list of events is not the one that was sealed.`);
  return problems;
}

function checkAnchors(seal: Seal, anchors: readonly Checkpoint[]): string[] {
  return anchors.filter((anchor) => anchor.seal === seal.n && anchor.hash !== seal.hash.toString('hex'))
    .map(({ at }) => `Seal ${seal.n} is another one than the one of ${at} that was kept elsewhere: the trail was rewritten.`);
}

/** What of a seal's events is missing, changed, or was not there when it was made. */
function checkEvents(seal: Seal, rows: readonly WholeEventRow[]): string[] {
  const sealed = new Map(seal.events.map(({ id, leaf }) => [id, leaf]));
  const found = new Set(rows.map(({ id }) => id));
  const problems = seal.events.filter(({ id }) => !found.has(id)).map(({ id }) => `Event ${id} is missing: seal ${seal.n} has it.`);
  for (const row of rows) {
    const leaf = sealed.get(row.id);
    const name = `Event ${row.id} of ${row.at.toISOString()}`;
    if (leaf === undefined) problems.push(`${name} was added later: seal ${seal.n} does not have it.`);
    else if (!hashLeaf(row.canon).equals(leaf)) problems.push(`${name} was changed: it is not what seal ${seal.n} has.`);
    problems.push(...findDifferences(row).map((part) => `${name} shows another ${part} than was written.`));
  }
  return problems.length <= namedMax ? problems : [...problems.slice(0, namedMax), `… and ${problems.length - namedMax} more under seal ${seal.n}.`];
}

function hashLeaf(canon: Buffer): Buffer {
  return createHash('sha256').update(Buffer.from([0])).update(canon).digest();
}

/** The columns that people are shown, beside the text that is sealed. */
function findDifferences(row: WholeEventRow): string[] {
  const shown = describeRow(row);
  const written = readCanon(row.canon);
  if (written === null) return ['text'];
  const differences = Object.entries(shown).filter(([name, value]) => canonicalJson(value) !== canonicalJson(written[name] ?? null)).map(([name]) => name);
  return [...differences, ...findPersonalDifferences(row, written)];
}

function describeRow(row: WholeEventRow): Readonly<Record<string, Json>> {
  return {
    'id': row.id, 'workspace': row.workspace_id, 'time': row.at.toISOString(), 'action': row.action, 'metadata': asJson(row.metadata),
    'kind of actor': row.actor_kind, 'actor': row.actor_id, 'kind of entity': row.entity_type, 'entity': row.entity_id,
  };
}

/** Names and addresses are sealed as hashes with salt. Once they are erased there is nothing to compare. */
function findPersonalDifferences(row: WholeEventRow, written: Readonly<Record<string, Json>>): string[] {
  const { salt } = row;
  if (salt === null) return [];
  const shown = { 'name of the actor': row.actor_name, 'name of the entity': row.entity_name, 'IP address': row.ip, 'user agent': row.user_agent };
  return Object.entries(shown).filter(([name, value]) => commitTo(value, salt) !== (written[name] ?? null)).map(([name]) => name);
}

/** What `recordAudit` wrote, by the names above. Null when it is no such text. */
function readCanon(canon: Buffer): Readonly<Record<string, Json>> | null {
  try {
    const event = asEvent(JSON.parse(canon.toString('utf8')));
    return {
      'id': event.id, 'workspace': event.workspace, 'time': event.at, 'action': event.action, 'metadata': event.metadata,
      'kind of actor': event.actor.kind, 'actor': event.actor.id, 'name of the actor': event.actor.name,
      'kind of entity': event.entity.type, 'entity': event.entity.id, 'name of the entity': event.entity.name, 'IP address': event.ip, 'user agent': event.userAgent,
    };
  } catch {
    return null;
  }
}

interface WrittenEvent {
  readonly id: Json;
  readonly workspace: Json;
  readonly at: Json;
  readonly action: Json;
  readonly metadata: Json;
  readonly actor: { readonly kind: Json; readonly id: Json; readonly name: Json };
  readonly entity: { readonly type: Json; readonly id: Json; readonly name: Json };
  readonly ip: Json;
  readonly userAgent: Json;
}

// Guarantee: only members are read, within a try; whatever else it is differs from the row and is reported.
function asEvent(value: unknown): WrittenEvent {
  return value as WrittenEvent;
}

// Guarantee: it comes from a jsonb column.
function asJson(value: unknown): Json {
  return value as Json;
}
