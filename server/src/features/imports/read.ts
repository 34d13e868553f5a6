import { AppError } from '../../platform/errors.ts';
import type { Db } from '../../platform/db/database.ts';
import { compareWithCurrent, createPersonKeys, finishingAccount, loadCurrentList, type ListComparison } from '../audience/index.ts';
import { findAccount, type AccountRow } from '../accounts/index.ts';
import type { WorkspaceContext } from '../context.ts';
import { readExport, type ExportedFollower, type ExportReading } from './dialects/read-export.ts';
import { createProgressNotes, publishImport, settleFailure, type ImportRun, type ProgressNotes } from './ending.ts';
import { findEqualCommitted, findImport, savePreview, type ImportRow, type Preview } from './queries.ts';
import { asExportNetwork, findOwner, listUploads } from './rows.ts';

const sampleMax = 20;
/** Reading goes through the files twice: once to count, once to compare. */
const countShare = 0.5;

/** A follower's id in the ledger: the network's where the export tells it, else the handle. */
export function followerId(row: ExportedFollower): string {
  return row.externalId ?? `handle:${(row.handle ?? '').toLowerCase()}`;
}

/**
 * Reads an import's files and writes its preview; the ledger stays as it is. May run again after any failure.
 * No permission: runs as a job. No audit: the person who asked has left the event.
 */
export async function readUpload(ctx: WorkspaceContext, run: ImportRun): Promise<void> {
  const notes = createProgressNotes(ctx, run.importId);
  try {
    const found = await ctx.transaction(async (db) => {
      const row = await db.maybe(findImport, [ctx.workspace.id, run.importId]);
      return row?.state === 'reading' ? { row, files: await listUploads(db, ctx, row.id) } : null;
    });
    if (found === null) return;
    const network = asExportNetwork(found.row.network);
    const reading = await readExport(found.files, {
      ...(network === null ? {} : { network }), signal: run.signal, onProgress: (share) => notes.note(share * countShare),
    });
    const comparing = await ctx.transaction((db) => prepare(db, ctx, found.row, reading));
    const listed = await collectKeys(ctx, comparing, { notes, signal: run.signal });
    await notes.done();
    await ctx.transaction((db) => keepPreview(db, ctx, comparing, listed));
  } catch (error) {
    await notes.done();
    await settleFailure(ctx, run, error);
  }
}

interface Comparing {
  readonly row: ImportRow;
  readonly reading: ExportReading;
  readonly account: AccountRow | null;
  readonly handle: string;
  /** Sorted keys of the list in force. */
  readonly known: BigUint64Array;
  readonly dated: Date;
  readonly datedBy: Preview['datedBy'];
  readonly notes: readonly string[];
}

async function prepare(db: Db, ctx: WorkspaceContext, row: ImportRow, reading: ExportReading): Promise<Comparing> {
  const account = row.account_id === null
    ? await findOwner(db, ctx, { network: reading.network, externalId: reading.ownerId, handle: row.handle ?? reading.owner })
    : await findAccount(db, ctx, row.account_id);
  const handle = account?.handle ?? row.handle ?? reading.owner;
  if (handle === null) {
    throw new AppError('unreadable-export', 'These files do not say whose followers they list. Start again and give the handle of the account.');
  }
  const current = account === null ? null : await loadCurrentList(db, ctx, account.id);
  return { row, reading, account, handle, known: (current?.keys ?? new BigUint64Array(0)).slice().sort(), ...dateList(ctx, row, reading) };
}

/** A list of tomorrow would keep every later one out. */
function dateList(ctx: WorkspaceContext, row: ImportRow, reading: ExportReading): Pick<Comparing, 'dated' | 'datedBy' | 'notes'> {
  if (row.dated_by_person !== null) return { dated: row.dated_by_person, datedBy: 'person', notes: [] };
  if (reading.generatedAt === null) {
    return { dated: row.created_at, datedBy: 'upload', notes: ['The files do not say of when they are: the time of the upload is taken. Give the date if you know it.'] };
  }
  const now = ctx.clock.now();
  if (reading.generatedAt <= now) return { dated: reading.generatedAt, datedBy: reading.dateSource, notes: [] };
  return { dated: now, datedBy: 'upload', notes: ['The files are dated in the future: today is taken instead. Give the date if you know it.'] };
}

interface Listed {
  readonly keys: BigUint64Array;
  /** Handles of the first people who are not on the list in force. */
  readonly handles: ReadonlyMap<bigint, string | null>;
}

async function collectKeys(ctx: WorkspaceContext, comparing: Comparing, run: { notes: ProgressNotes; signal: AbortSignal }): Promise<Listed> {
  const { reading, known } = comparing;
  const keyPerson = createPersonKeys(ctx.secretKey, reading.network);
  const keys = new BigUint64Array(reading.followers);
  const handles = new Map<bigint, string | null>();
  let filled = 0;
  await reading.forEachFollower((batch) => {
    for (const row of batch) {
      const key = keyPerson(followerId(row));
      keys[filled] = key;
      filled += 1;
      if (handles.size < sampleMax && !holds(known, key)) handles.set(key, row.handle);
    }
    run.notes.note(countShare + (1 - countShare) * (filled / Math.max(1, reading.followers)));
  }, run.signal);
  return { keys: keys.subarray(0, filled), handles };
}

function holds(sorted: BigUint64Array, key: bigint): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = sorted[middle] ?? key;
    if (found === key) return true;
    if (found < key) low = middle + 1;
    else high = middle;
  }
  return false;
}

const firstList: Omit<ListComparison, 'readHandles'> = { listedAt: null, came: [], returned: new Set(), gone: [], doubt: null };

async function keepPreview(db: Db, ctx: WorkspaceContext, comparing: Comparing, listed: Listed): Promise<void> {
  const { row, reading, account, dated } = comparing;
  const manifest = ctx.providers.get(reading.network)?.manifest;
  const comparison = account === null
    ? { ...firstList, readHandles: async () => new Map<bigint, string | null>() }
    : await compareWithCurrent(db, ctx, { account: finishingAccount(account, manifest), network: reading.network, keys: listed.keys });
  const isWhole = reading.complete && !reading.rangeOnly;
  const gone = isWhole ? comparison.gone : [];
  const preview: Preview = {
    dialect: reading.dialect, network: reading.network, owner: reading.owner, dated: dated.toISOString(), datedBy: comparing.datedBy,
    followers: reading.followers, following: reading.following, first: comparison.listedAt === null, rangeOnly: reading.rangeOnly,
    gained: comparison.came.length - comparison.returned.size, returned: comparison.returned.size, lost: gone.length,
    warnings: [...comparing.notes, ...(await findWarnings(db, ctx, comparing, comparison)), ...reading.warnings],
    sample: await takeSample(comparison, gone, listed),
  };
  const saved = await db.run(savePreview, [
    ctx.workspace.id, row.id, row.dated_by_person, account?.id ?? null, reading.network, comparing.handle, dated, reading.digest, preview,
  ]);
  if (saved > 0) await publishImport(db, ctx, row.id);
}

async function takeSample(comparison: ListComparison, gone: readonly bigint[], listed: Listed): Promise<Preview['sample']> {
  // Both sides are shown where both are there.
  const came = comparison.came.slice(0, gone.length === 0 ? sampleMax : Math.max(sampleMax / 2, sampleMax - gone.length));
  const shown = gone.slice(0, sampleMax - came.length);
  const known = await comparison.readHandles([...came, ...shown]);
  const changeOf = (key: bigint): 'returned' | 'gained' => (comparison.returned.has(key) ? 'returned' : 'gained');
  return [
    ...came.map((key) => ({ handle: listed.handles.get(key) ?? known.get(key) ?? null, change: changeOf(key) })),
    ...shown.map((key) => ({ handle: known.get(key) ?? null, change: 'lost' as const })),
  ];
}

async function findWarnings(db: Db, ctx: WorkspaceContext, comparing: Comparing, comparison: ListComparison): Promise<string[]> {
  const { row, reading, account, dated, handle } = comparing;
  const warnings: string[] = [];
  const isWhole = reading.complete && !reading.rangeOnly;
  if (reading.owner !== null && reading.owner.toLowerCase() !== handle.toLowerCase()) {
    warnings.push(`This export is of ${reading.owner}, and the import is for ${handle}. Go on only if both are the same account.`);
  }
  if (comparison.listedAt !== null && dated < comparison.listedAt) {
    warnings.push(`This list is of ${dayOf(dated)}, and a newer one (${dayOf(comparison.listedAt)}) is in force already: it will be refused. Import lists from old to new.`);
  }
  if (!isWhole && comparison.listedAt === null) {
    warnings.push('This account has no follower list yet, and a list that is not whole cannot be its first: nothing would be recorded. Request an export of all time.');
  } else if (!isWhole) {
    warnings.push('This list is not whole: people are added, and nobody is counted as gone.');
  }
  if (isWhole && comparison.doubt !== null) warnings.push(`${comparison.doubt} The list will be held until you release it on the page of the account.`);
  const equal = account === null ? null : await db.maybe(findEqualCommitted, [ctx.workspace.id, account.id, reading.digest, row.id]);
  if (equal !== null) warnings.push(`The same list was imported before${equal.dated === null ? '' : `, as of ${dayOf(equal.dated)}`}.`);
  return warnings;
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
