import { refuseExport, showName } from '../archive-names.ts';
import { openExport, type ArchiveLimits, type UploadedFile } from '../archive.ts';
import { readHead } from './decode-text.ts';
import type { ClaimedEntry, ClaimedList, Dialect, ExportNetwork, ListName } from './dialect.ts';
import { instagramHtml } from './instagram-html.ts';
import { instagramJson } from './instagram-json.ts';
import { threadsJson } from './threads-json.ts';
import { xArchive } from './x-archive.ts';

const dialects: readonly Dialect[] = [instagramJson, instagramHtml, threadsJson, xArchive];
const headLength = 4096;

/** The one export that an upload holds. */
export interface SelectedExport {
  readonly dialect: Dialect;
  readonly claimed: readonly ClaimedEntry[];
  readonly followers: readonly ClaimedList[];
  readonly following: readonly ClaimedList[];
  readonly warnings: readonly string[];
}

export interface SelectOptions {
  /** The network of the account that this is for; decides where an Instagram export also holds Threads. */
  readonly network?: ExportNetwork;
  readonly limits?: Partial<ArchiveLimits>;
  readonly signal?: AbortSignal;
}

/** Finds out which export the files are; refuses none, several, and the wrong one. */
export async function selectExport(files: readonly UploadedFile[], options: SelectOptions): Promise<SelectedExport> {
  const byDialect = await claimEntries(files, options);
  const withFollowers = dialects.filter((dialect) => listsOf(byDialect.get(dialect), 'followers').length > 0);
  const { dialect, warnings } = chooseDialect(withFollowers, byDialect, options.network);
  const claimed = byDialect.get(dialect) ?? [];
  const selected = { dialect, claimed, followers: listsOf(claimed, 'followers'), following: listsOf(claimed, 'following'), warnings };
  refuseTwins(selected.followers);
  refuseTwins(selected.following);
  return selected;
}

async function claimEntries(files: readonly UploadedFile[], options: SelectOptions): Promise<Map<Dialect, ClaimedEntry[]>> {
  const byDialect = new Map<Dialect, ClaimedEntry[]>();
  const wants = (path: string): boolean => dialects.some((dialect) => dialect.mayClaim(path));
  for await (const entry of openExport(files, { ...options, wants })) {
    const head = await readHead(entry, headLength, options.signal);
    for (const dialect of dialects) {
      const claim = dialect.mayClaim(entry.path) ? dialect.claim(entry.path, head) : null;
      if (claim === null) continue;
      const claimed = byDialect.get(dialect) ?? [];
      claimed.push({ entry, claim });
      byDialect.set(dialect, claimed);
    }
  }
  return byDialect;
}

function listsOf(claimed: readonly ClaimedEntry[] | undefined, list: ListName): ClaimedList[] {
  const lists = (claimed ?? []).flatMap(({ entry, claim }) => (claim.kind === list ? [{ entry, list, part: claim.part }] : []));
  return lists.sort((a, b) => a.part - b.part);
}

function chooseDialect(found: readonly Dialect[], byDialect: Map<Dialect, ClaimedEntry[]>, network: ExportNetwork | undefined) {
  if (found.length === 0) throw refuseNothing(byDialect);
  const networks = [...new Set(found.map((dialect) => dialect.network))];
  const isMetaPair = networks.length === 2 && !networks.includes('x');
  const isOneExport = networks.length === 1 || (isMetaPair && network !== undefined);
  if (!isOneExport) {
    const advice = isMetaPair ? 'Say which of the two this import is for.' : 'Send the export of one network at a time.';
    throw refuseExport(`These files hold follower lists of several networks (${networks.join(', ')}). ${advice}`);
  }
  const wanted = network ?? networks[0];
  const [dialect, second] = found.filter((candidate) => candidate.network === wanted);
  if (dialect === undefined) {
    throw refuseExport(
      `This is an export of ${networks.join(' and ')}, and the account is on ${wanted}. Choose the other account, or the other export.`,
    );
  }
  if (second !== undefined) {
    throw refuseExport(
      'These files hold the same list as JSON and as HTML, perhaps of different days. Send only one of the two, best the JSON.',
    );
  }
  const others = networks.filter((name) => name !== wanted);
  return { dialect, warnings: others.map((name) => `The list of ${name} in this export was left out; import it into its own account.`) };
}

function refuseNothing(byDialect: Map<Dialect, ClaimedEntry[]>): Error {
  const halves = dialects.filter((dialect) => listsOf(byDialect.get(dialect), 'following').length > 0);
  const wanted = (halves.length > 0 ? halves : dialects).map((dialect) => dialect.wanted).join('; ');
  const found =
    halves.length > 0
      ? 'These files only hold the list of accounts that are followed, not the followers.'
      : 'No list of followers was found.';
  return refuseExport(`${found} Looked for: ${wanted}.`);
}

/** Two files for one part are two downloads, perhaps of two days: their union would be a list that never was. */
function refuseTwins(lists: readonly ClaimedList[]): void {
  const seen = new Map<number, ClaimedList>();
  for (const list of lists) {
    const first = seen.get(list.part);
    if (first !== undefined) {
      const names = [first, list].map(({ entry }) => `${showName(entry.path)} in ${showName(entry.upload)}`).join(' and ');
      throw refuseExport(`The same list is there twice (${names}). Send one export at a time.`);
    }
    seen.set(list.part, list);
  }
}

/** Parts below the highest that are not there, in words. Whether one above it is missing cannot be seen from names. */
export function findMissingParts({ dialect, followers }: SelectedExport): string[] {
  const parts = new Set(followers.map(({ part }) => part));
  const last = Math.max(...parts);
  const missing: number[] = [];
  for (let part = dialect.firstPart; part < last; part += 1) if (!parts.has(part)) missing.push(part);
  if (missing.length === 0) return [];
  const shown = missing.slice(0, 5).join(', ') + (missing.length > 5 ? ' …' : '');
  return [`Part ${shown} of the follower list is missing, though part ${last} is there. Send all parts, best the whole ZIP.`];
}
