import { refuseExport } from '../archive-names.ts';
import type { ExportEntry } from '../archive.ts';
import { decodeText, readSmall } from './decode-text.ts';
import { isRecord, noFacts, type ClaimedEntry, type ExportFacts, type ExportNetwork } from './dialect.ts';
import { baseName } from './list-names.ts';
import { ProfilePage } from './profile-page.ts';
import { readHandle, type ProfileLink } from './relationship.ts';

const smallLengthMax = 1024 * 1024;
const headerLengthMax = 256 * 1024;

/**
 * What Meta's exports tell of themselves. Known (public parsers made from real exports, read 2026-11-24): the ZIP is called
 * `instagram-<handle>-<yyyy-mm-dd>-<random>.zip`; HTML pages and start_here.html carry "Generated … <time> Contains data you
 * requested from <time> to <time>", each with its zone. Not known: any file of the JSON format that names its dates.
 */
export async function readMetaFacts(
  network: ExportNetwork,
  claimed: readonly ClaimedEntry[],
  link: ProfileLink,
  signal?: AbortSignal,
): Promise<ExportFacts> {
  const named = readZipNames(network, claimed);
  const page = claimed.find(({ entry }) => isStartPage(entry.path)) ?? claimed.find(({ entry }) => /\.html$/i.test(entry.path));
  const times = page === undefined ? [] : await readHeaderTimes(page.entry, link, signal);
  const profile = claimed.find(({ entry }) => isProfileFile(entry.path));
  const owner = profile === undefined ? null : await readOwner(profile.entry, signal);
  const [from, to] = times.length === 3 ? [times[1], times[2]] : times.length === 2 ? times : [];
  return {
    ...noFacts,
    owner: owner ?? named.owner,
    generatedAt: (times.length === 2 ? undefined : times[0]) ?? named.day,
    covers: from !== undefined && to !== undefined && from < to ? { from, to } : null,
  };
}

export function isMetaFactsPath(path: string): boolean {
  return isStartPage(path) || isProfileFile(path);
}

function isStartPage(path: string): boolean {
  return baseName(path).toLowerCase() === 'start_here.html';
}

function isProfileFile(path: string): boolean {
  return baseName(path).toLowerCase() === 'personal_information.json';
}

function readZipNames(network: ExportNetwork, claimed: readonly ClaimedEntry[]): { owner: string | null; day: Date | null } {
  const pattern = new RegExp(`^${network}-(.{1,100})-(\\d{4}-\\d{2}-\\d{2})-[a-z0-9]{4,20}(?:[-_ ]?\\(?\\d{1,3}\\)?)?\\.zip$`, 'i');
  const owners = new Set<string>();
  let day: Date | null = null;
  for (const { entry } of claimed) {
    const match = pattern.exec(baseName(entry.upload.replaceAll('\\', '/')));
    const owner = readHandle(match?.[1]);
    if (owner !== null) owners.add(owner);
    const date = new Date(`${match?.[2] ?? ''}T00:00:00Z`);
    if (!Number.isNaN(date.getTime()) && (day === null || date > day)) day = date;
  }
  if (owners.size > 1) throw refuseExport('These files come from exports of different accounts. Send one export at a time.');
  return { owner: [...owners][0] ?? null, day };
}

async function readHeaderTimes(entry: ExportEntry, link: ProfileLink, signal?: AbortSignal): Promise<Date[]> {
  const page = new ProfilePage(entry.path, link);
  let length = 0;
  for await (const text of decodeText(entry, signal)) {
    page.push(text);
    length += text.length;
    if (length > headerLengthMax) break;
  }
  return page.headerTimes;
}

/** Labels are in the account's language: an owner under another label than "Username" stays unknown. */
async function readOwner(entry: ExportEntry, signal?: AbortSignal): Promise<string | null> {
  const text = await readSmall(entry, smallLengthMax, signal);
  const users = text === null ? null : readKey(parse(text), 'profile_user');
  const first: unknown = Array.isArray(users) ? users[0] : null;
  return readHandle(readKey(readKey(readKey(first, 'string_map_data'), 'Username'), 'value'));
}

/** This file only adds a name to the preview, so a broken one costs the name and not the import. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function readKey(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : null;
}
