import { formatCount } from '../../../platform/figures.ts';
import { refuseExport, showName } from '../archive-names.ts';
import type { ArchiveLimits, ExportEntry, UploadedFile } from '../archive.ts';
import { findRangeReason } from './date-range.ts';
import type { ClaimedList, Dialect, ExportDialect, ExportedFollower, ExportFacts, ExportNetwork } from './dialect.ts';
import { IdentitySet } from './identity-set.ts';
import { findMissingParts, selectExport, type SelectedExport } from './select-lists.ts';

export { exportNetworks, type ExportDialect, type ExportedFollower, type ExportNetwork } from './dialect.ts';

export interface ReadOptions {
  /** The network of the account that this import is for. Needed where an Instagram export also holds Threads. */
  readonly network?: ExportNetwork;
  readonly signal?: AbortSignal;
  /** Share of the list files read so far, 0 to 1. */
  readonly onProgress?: (share: number) => void;
  readonly limits?: Partial<ArchiveLimits>;
}

/** What an export says, without the rows: those come by `forEachFollower`. */
export interface ExportReading {
  readonly dialect: ExportDialect;
  readonly network: ExportNetwork;
  /** Handle of the account that was exported; null when the export names none. */
  readonly owner: string | null;
  readonly ownerId: string | null;
  /** The date the list is of; null when neither the export nor the files tell, then take the time of the upload. */
  readonly generatedAt: Date | null;
  readonly dateSource: 'export' | 'file' | 'upload';
  /** Different followers. */
  readonly followers: number;
  readonly following: number | null;
  /** Rows that repeat a follower. */
  readonly duplicates: number;
  /** Rows of the follower list that could not be read. */
  readonly unreadable: number;
  /** False when a follower may be missing from the list: then absence says nothing. */
  readonly complete: boolean;
  /** True when the export seems to cover a range of dates only: then absence says nothing either. */
  readonly rangeOnly: boolean;
  readonly rangeReason: string | null;
  readonly warnings: readonly string[];
  /** Equal for equal follower sets of one network. */
  readonly digest: string;
  /** Reads the files again and hands over each follower once, in batches of up to 1,000, one batch at a time. */
  forEachFollower(use: (batch: readonly ExportedFollower[]) => void | Promise<void>, signal?: AbortSignal): Promise<void>;
}

const batchRows = 1_000;
const problemsShown = 5;

/**
 * Reads an upload as an export: once through, in bounded memory. Throws AppError `unreadable-export`, in words for the person who
 * sent it, when it is not one export that can be read.
 */
export async function readExport(files: readonly UploadedFile[], options: ReadOptions = {}): Promise<ExportReading> {
  const selected = await selectExport(files, options);
  const { dialect } = selected;
  const facts = await dialect.readFacts(selected.claimed, options.signal);
  const watch = watchProgress([...selected.followers, ...selected.following], options.onProgress);
  const followers = await countList(dialect, selected.followers.map(watch), options.signal);
  const following = selected.following.length === 0 ? null : await countList(dialect, selected.following.map(watch), options.signal);
  const { generatedAt, dateSource } = dateExport(facts, selected, followers.newest);
  const oldest = followers.oldest !== null && following?.oldest ? earlier(followers.oldest, following.oldest) : followers.oldest;
  const rangeReason = findRangeReason({ facts, generatedAt, oldest: followers.isDated ? oldest : null, rows: followers.rows });
  const gaps = [...facts.gaps, ...findMissingParts(selected), ...findCountGap(facts, followers), ...followers.problems];
  return {
    dialect: dialect.id,
    network: dialect.network,
    owner: facts.owner,
    ownerId: facts.ownerId,
    generatedAt,
    dateSource,
    followers: followers.identities.size,
    following: following?.identities.size ?? null,
    duplicates: followers.rows - followers.identities.size,
    unreadable: followers.unreadable,
    complete: gaps.length === 0,
    rangeOnly: rangeReason !== null,
    rangeReason,
    warnings: [
      ...gaps,
      ...(rangeReason === null ? [] : [rangeReason]),
      ...selected.warnings,
      ...(following?.problems ?? []),
      ...adviseLoose(selected),
    ],
    digest: followers.identities.digest(dialect.network),
    forEachFollower: (use, signal) => handOver(dialect, selected.followers, use, signal),
  };
}

interface CountedList {
  readonly identities: IdentitySet;
  rows: number;
  unreadable: number;
  /** Each row has the time of its follow. */
  isDated: boolean;
  oldest: Date | null;
  newest: Date | null;
  readonly problems: string[];
}

async function countList(dialect: Dialect, lists: readonly ClaimedList[], signal?: AbortSignal): Promise<CountedList> {
  const counted: CountedList = {
    identities: new IdentitySet(),
    rows: 0,
    unreadable: 0,
    isDated: true,
    oldest: null,
    newest: null,
    problems: [],
  };
  for (const list of lists) await countFile(dialect, list, counted, signal);
  const hidden = counted.unreadable - counted.problems.length;
  if (hidden > 0) counted.problems.push(`${formatCount(hidden)} more rows could not be read.`);
  return counted;
}

async function countFile(dialect: Dialect, list: ClaimedList, counted: CountedList, signal?: AbortSignal): Promise<void> {
  const before = { rows: counted.rows, unreadable: counted.unreadable };
  for await (const { rows, unreadable } of dialect.readList(list, signal)) {
    signal?.throwIfAborted();
    for (const row of rows) countRow(row, counted);
    counted.unreadable += unreadable.length;
    for (const { position, reason } of unreadable) {
      if (counted.problems.length >= problemsShown) break;
      counted.problems.push(`Row ${formatCount(position)} of ${showName(list.entry.path)} could not be read: ${reason}.`);
    }
  }
  if (counted.rows === before.rows && counted.unreadable > before.unreadable) {
    throw refuseExport(
      `No row of ${showName(list.entry.path)} could be read. It is not a list that is known here; looked for ${dialect.wanted}.`,
    );
  }
}

function countRow(row: ExportedFollower, counted: CountedList): void {
  counted.rows += 1;
  counted.identities.add(identityOf(row));
  const at = row.followedAt;
  if (at === null) {
    counted.isDated = false;
    return;
  }
  if (counted.oldest === null || at < counted.oldest) counted.oldest = at;
  if (counted.newest === null || at > counted.newest) counted.newest = at;
}

/** The stable id where the export has one, else the handle; every row has one of the two. */
function identityOf(row: ExportedFollower): string {
  return row.externalId ?? row.handle ?? '';
}

async function handOver(
  dialect: Dialect,
  lists: readonly ClaimedList[],
  use: (batch: readonly ExportedFollower[]) => void | Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const seen = new IdentitySet();
  let batch: ExportedFollower[] = [];
  for (const list of lists) {
    for await (const { rows } of dialect.readList(list, signal)) {
      for (const row of rows) {
        if (!seen.add(identityOf(row))) continue;
        batch.push(row);
        if (batch.length < batchRows) continue;
        signal?.throwIfAborted();
        await use(batch);
        batch = [];
      }
    }
  }
  if (batch.length > 0) await use(batch);
}

const dayMs = 86_400_000;

/** A name gives only a day: the list is at least as new as the newest follow on it. Two days on, such a time is a mistake. */
function dateExport(facts: ExportFacts, selected: SelectedExport, newest: Date | null): Pick<ExportReading, 'generatedAt' | 'dateSource'> {
  if (facts.generatedAt !== null) {
    const isNewer = newest !== null && newest > facts.generatedAt && newest.getTime() - facts.generatedAt.getTime() < 2 * dayMs;
    return { generatedAt: isNewer ? newest : facts.generatedAt, dateSource: 'export' };
  }
  const modified = selected.followers.flatMap(({ entry }) => (entry.modifiedAt === null ? [] : [entry.modifiedAt.getTime()]));
  if (modified.length === 0) return { generatedAt: null, dateSource: 'upload' };
  return { generatedAt: new Date(Math.max(...modified)), dateSource: 'file' };
}

function findCountGap(facts: ExportFacts, { rows, unreadable }: CountedList): string[] {
  const found = rows + unreadable;
  if (facts.followersStated === null || facts.followersStated === found) return [];
  return [`The export's manifest counts ${formatCount(facts.followersStated)} followers, its files hold ${formatCount(found)}.`];
}

/** Names alone cannot tell that a loose list has no further part. */
function adviseLoose({ dialect, followers }: SelectedExport): string[] {
  const isLoose = followers.every(({ entry }) => entry.path === entry.upload.replaceAll('\\', '/'));
  if (!isLoose || dialect.network !== 'instagram') return [];
  return ['If your export has further follower files (followers_2 and so on), send them too; else people in them would seem to have left.'];
}

function watchProgress(lists: readonly ClaimedList[], report: ((share: number) => void) | undefined): (list: ClaimedList) => ClaimedList {
  const total = lists.reduce((sum, { entry }) => sum + entry.bytes, 0);
  let done = 0;
  if (report === undefined || total === 0) return (list) => list;
  const read = async function* (entry: ExportEntry, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    for await (const chunk of entry.read(signal)) {
      done += chunk.length;
      report(Math.min(1, done / total));
      yield chunk;
    }
  };
  return (list) => ({ ...list, entry: { ...list.entry, read: (signal) => read(list.entry, signal) } });
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}
