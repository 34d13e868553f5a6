import { repairMojibake } from './decode-text.ts';
import { isRecord, type ExportedFollower } from './dialect.ts';

/** How one of Meta's networks writes the address of a profile. */
export interface ProfileLink {
  /** Its first group is the handle. */
  readonly pattern: RegExp;
  /** Pages of the network's own that look like a profile. */
  readonly reserved: ReadonlySet<string>;
  build(handle: string): string;
}

const handlePattern = /^[\p{L}\p{N}._-][\p{L}\p{M}\p{N}._-]{0,99}$/u;

/** A handle as identity: without `@`, lower case, composed. Null for what cannot be one, such as a display name with a space. */
export function readHandle(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 400) return null;
  const handle = repairMojibake(value).trim().replace(/^@/, '').normalize('NFC').toLowerCase();
  return handlePattern.test(handle) ? handle : null;
}

export function readLinkedHandle(href: unknown, link: ProfileLink): string | null {
  if (typeof href !== 'string' || href.length > 400) return null;
  const match = link.pattern.exec(href.trim());
  const handle = match === null ? null : readHandle(match[1]);
  return handle === null || link.reserved.has(handle) ? null : handle;
}

export function followerOf(handle: string, link: ProfileLink, followedAt: Date | null): ExportedFollower {
  return { externalId: null, handle, href: link.build(handle), followedAt, followedOn: null };
}

const secondsMax = 4_102_444_800; // 2100-01-01: later is a mistake, not a date

/** Seconds since 1970; zero is Meta's "unknown". */
export function readSeconds(value: unknown): Date | null {
  const seconds = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  return typeof seconds === 'number' && seconds > 0 && seconds < secondsMax ? new Date(Math.trunc(seconds) * 1000) : null;
}

/**
 * One row of Meta's relationship files, in all its dialects: handle in `value` (older), in `title` with a `/_u/` address (newer),
 * or in `label_values`. The address comes first: it is the one place that is neither translated nor a display name.
 */
export function readRelationship(row: unknown, link: ProfileLink): readonly ExportedFollower[] | string {
  if (!isRecord(row)) return 'not an object';
  if (Array.isArray(row['label_values'])) return readLabelled(row, row['label_values'], link);
  const data = row['string_list_data'];
  const items = Array.isArray(data) ? data.filter(isRecord) : [];
  if (items.length <= 1) {
    const item = items[0] ?? {};
    const handle = readLinkedHandle(item['href'], link) ?? readHandle(item['value']) ?? readHandle(row['title']);
    return handle === null ? 'no handle' : [followerOf(handle, link, readSeconds(item['timestamp']))];
  }
  const found: ExportedFollower[] = [];
  for (const item of items) {
    const handle = readLinkedHandle(item['href'], link) ?? readHandle(item['value']);
    if (handle === null) return 'no handle';
    found.push(followerOf(handle, link, readSeconds(item['timestamp'])));
  }
  return found;
}

const nestingMax = 4;
// Labels come in the account's language; these are tried only where no address tells.
const handleLabels = /^(user ?name|benutzername|nom d.utilisateur|nombre de usuario|nome de usu[áa]rio|nome utente|gebruikersnaam)$/i;

/** `label_values` was never seen here in a follower file of a real export, so two different accounts in one row are no guess of ours. */
function readLabelled(
  row: Readonly<Record<string, unknown>>,
  labels: readonly unknown[],
  link: ProfileLink,
): readonly ExportedFollower[] | string {
  const linked = new Set<string>();
  const named = new Set<string>();
  collectLabels(labels, nestingMax, (item) => {
    const handle = readLinkedHandle(item['href'], link) ?? readLinkedHandle(item['value'], link);
    if (handle !== null) linked.add(handle);
    const label = item['label'];
    const byName = typeof label === 'string' && handleLabels.test(repairMojibake(label)) ? readHandle(item['value']) : null;
    if (byName !== null) named.add(byName);
  });
  const handles = [...(linked.size > 0 ? linked : named)];
  if (handles.length > 1) return 'more than one handle';
  return handles[0] === undefined ? 'no handle' : [followerOf(handles[0], link, readSeconds(row['timestamp']))];
}

function collectLabels(items: readonly unknown[], levels: number, see: (item: Readonly<Record<string, unknown>>) => void): void {
  for (const item of items) {
    if (!isRecord(item)) continue;
    see(item);
    const inner = item['dict'];
    if (Array.isArray(inner) && levels > 1) collectLabels(inner, levels - 1, see);
  }
}
