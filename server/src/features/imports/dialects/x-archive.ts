import { refuseExport, showName } from '../archive-names.ts';
import type { ExportEntry } from '../archive.ts';
import { decodeText, readSmall } from './decode-text.ts';
import {
  isRecord,
  noFacts,
  type Claim,
  type ClaimedEntry,
  type ClaimedList,
  type Dialect,
  type ExportedFollower,
  type ExportFacts,
  type RowBatch,
} from './dialect.ts';
import { baseName } from './list-names.ts';
import { readJsonList } from './read-json-list.ts';
import { readHandle } from './relationship.ts';

const listName = /^(follower|following)(?:-part(\d{1,4}))?(?: ?\(\d{1,3}\))?\.js$/i;
const manifestLengthMax = 4 * 1024 * 1024;
const assignmentLengthMax = 500;
const idPattern = /^[1-9]\d{0,19}$/;

/**
 * data/follower.js and follower-part1.js …: JavaScript that assigns a JSON list. It is cut off at the `=` and read as JSON;
 * nothing is ever run. Ids only: no names, no dates.
 */
export const xArchive: Dialect = {
  id: 'x-archive',
  network: 'x',
  firstPart: 0,
  wanted: 'X: data/follower.js and data/manifest.js (request "Download an archive of your data")',
  mayClaim: (path) => claimPath(path) !== null,
  claim: (path) => claimPath(path),
  readList: (source, signal) => readAssignedList(source, signal),
  readFacts: (claimed, signal) => readArchiveFacts(claimed, signal),
};

function claimPath(path: string): Claim | null {
  const name = baseName(path);
  if (/^(manifest|account)\.js$/i.test(name)) return { kind: 'facts' };
  const match = listName.exec(name);
  if (match === null) return null;
  return { kind: match[1]?.toLowerCase() === 'follower' ? 'followers' : 'following', part: Number(match[2] ?? '0') };
}

async function* readAssignedList({ entry, list, part }: ClaimedList, signal?: AbortSignal): AsyncGenerator<RowBatch> {
  const key = list === 'followers' ? 'follower' : 'following';
  const text = cutAssignment(decodeText(entry, signal), entry.path, `YTD.${key}.part${part}`);
  yield* readJsonList({ path: entry.path, text, wrappers: [], readRow: (row) => readAccount(isRecord(row) ? row[key] : null) });
}

function readAccount(account: unknown): readonly ExportedFollower[] | string {
  const id = isRecord(account) ? account['accountId'] : null;
  // Numbers are refused: ids above 2^53 would already be another account's.
  if (typeof id !== 'string' || !idPattern.test(id)) return 'no account id';
  return [{ externalId: id, handle: null, href: `https://x.com/i/user/${id}`, followedAt: null, followedOn: null }];
}

/** The text after `window.<name> =`, without a closing `;`. Refuses any other beginning. */
async function* cutAssignment(text: AsyncIterable<string>, path: string, name: string): AsyncGenerator<string> {
  let head: string | null = '';
  let held = '';
  for await (const piece of text) {
    if (head === null) {
      // The closing `;` can only be in the last piece that is not blank, so one such end is held back.
      const whole: string = held + piece;
      held = /;?\s*$/.exec(whole.slice(-100))?.[0] ?? '';
      yield whole.slice(0, whole.length - held.length);
      continue;
    }
    head += piece;
    const match = /^\s*window\.([\w.]{1,100})\s*=\s*(?=\S)/.exec(head.slice(0, assignmentLengthMax));
    if (match === null && head.length < assignmentLengthMax) continue;
    if (match?.[1] !== name) {
      throw refuseExport(`${showName(path)} does not begin as this file of an X archive does (window.${name} = …).`);
    }
    held = head.slice(match[0].length);
    head = null;
  }
  if (head !== null) throw refuseExport(`${showName(path)} is empty. Use the file exactly as the network gave it.`);
  yield held.replace(/;?\s*$/, '');
}

async function readArchiveFacts(claimed: readonly ClaimedEntry[], signal?: AbortSignal): Promise<ExportFacts> {
  const find = (name: string): ExportEntry | undefined => claimed.find(({ entry }) => baseName(entry.path).toLowerCase() === name)?.entry;
  const [manifestEntry, accountEntry] = [find('manifest.js'), find('account.js')];
  const account = accountEntry === undefined ? null : await readAccountFile(accountEntry, signal);
  if (manifestEntry === undefined) {
    return {
      ...noFacts,
      owner: readHandle(account?.['username']),
      ownerId: readId(account?.['accountId']),
      gaps: [
        'data/manifest.js is not among the files, so it cannot be checked that the list is all there. Send the ZIP, or add that file.',
      ],
    };
  }
  const manifest = await readAssigned(manifestEntry, '__THAR_CONFIG', signal);
  const user = recordAt(manifest, 'userInfo');
  const archive = recordAt(manifest, 'archiveInfo');
  const generatedAt = new Date(typeof archive['generationDate'] === 'string' ? archive['generationDate'] : Number.NaN);
  const listed = readListedFiles(manifest);
  return {
    owner: readHandle(user['userName']) ?? readHandle(account?.['username']),
    ownerId: readId(user['accountId']) ?? readId(account?.['accountId']),
    generatedAt: Number.isNaN(generatedAt.getTime()) ? null : generatedAt,
    covers: null,
    gaps: findGaps(archive['isPartialArchive'] === true, listed, claimed),
    followersStated:
      listed === null || listed.some(({ count }) => count === null) ? null : listed.reduce((sum, { count }) => sum + (count ?? 0), 0),
  };
}

interface ListedFile {
  readonly name: string;
  readonly count: number | null;
}

function readListedFiles(manifest: unknown): readonly ListedFile[] | null {
  const files = recordAt(recordAt(manifest, 'dataTypes'), 'follower')['files'];
  if (!Array.isArray(files)) return null;
  return files
    .filter(isRecord)
    .map((file) => ({
      name: typeof file['fileName'] === 'string' ? baseName(file['fileName']) : '',
      count: /^\d{1,10}$/.test(String(file['count'])) ? Number(file['count']) : null,
    }));
}

function findGaps(isPartial: boolean, listed: readonly ListedFile[] | null, claimed: readonly ClaimedEntry[]): string[] {
  const gaps = isPartial ? ['X marks this archive as partial.'] : [];
  if (listed === null)
    return [...gaps, "The archive's manifest does not list the follower files, so it cannot be checked that the list is all there."];
  const parts = new Set(claimed.flatMap(({ claim }) => (claim.kind === 'followers' ? [claim.part] : [])));
  for (const { name } of listed) {
    const claim = claimPath(name);
    const isThere = claim?.kind === 'followers' && parts.has(claim.part);
    if (!isThere) gaps.push(`${showName(name)} is named in the archive's manifest, and is not among the files.`);
  }
  return gaps;
}

async function readAccountFile(entry: ExportEntry, signal?: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
  const list = await readAssigned(entry, 'YTD.account.part0', signal);
  return recordAt(Array.isArray(list) ? list[0] : null, 'account');
}

async function readAssigned(entry: ExportEntry, name: string, signal?: AbortSignal): Promise<unknown> {
  const text = await readSmall(entry, manifestLengthMax, signal);
  if (text === null) throw refuseExport(`${showName(entry.path)} is too large.`);
  let json = '';
  for await (const piece of cutAssignment(one(text), entry.path, name)) json += piece;
  try {
    return JSON.parse(json);
  } catch (error) {
    throw refuseExport(`${showName(entry.path)} is not valid JSON after the "=". Use the file exactly as the network gave it.`, error);
  }
}

async function* one(text: string): AsyncGenerator<string> {
  yield text;
}

function readId(value: unknown): string | null {
  return typeof value === 'string' && idPattern.test(value) ? value : null;
}

function recordAt(value: unknown, key: string): Readonly<Record<string, unknown>> {
  const inner = isRecord(value) && Object.hasOwn(value, key) ? value[key] : null;
  return isRecord(inner) ? inner : {};
}
