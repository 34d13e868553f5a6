import { textOfCell } from '@rookery/contract/csv.ts';
import { createPost, type Content, type When as AnyWhen } from '@rookery/contract/posts.ts';
import type { ImportField, ImportProblem } from '@rookery/contract/post-import.ts';
import { hasControlCharacter } from '../../../platform/http/json-body.ts';
import { compileStrict } from '../../../platform/http/validation.ts';
import type { AccountRow } from '../../accounts/index.ts';
import type { BodyOf } from '@rookery/contract/endpoint.ts';
import { readList, readParts } from './cells.ts';
import type { Columns } from './import-columns.ts';

export type Body = BodyOf<typeof createPost>;
/** A file says a time or none. */
type When = Extract<AnyWhen, { kind: 'draft' | 'at' }>;

/** What the rows of a file may name. */
export interface Known {
  readonly accounts: readonly AccountRow[];
  readonly images: readonly { readonly id: string; readonly name: string; readonly alt_text: string }[];
  /** Of rows without one of their own. */
  readonly zone: string;
}

/** A row as a post, with what keeps it from being one. */
export interface ReadRow {
  readonly content: Content;
  readonly when: When;
  readonly accounts: readonly AccountRow[];
  readonly labels: readonly string[];
  readonly problems: readonly ImportProblem[];
}

const bodyCheck = compileStrict(createPost.body);
const anyKey = '00000000-0000-4000-8000-000000000000';
const wallTimeForm = /^(\d{4}-\d{2}-\d{2})[T ]+(\d{1,2}):(\d{2})(?::00(?:\.0+)?)?$/;
const handlesNamedMax = 5;

/** Cells by what they hold. A cell that is not there is empty. */
export function cellsOf(cells: readonly string[], columns: Columns): (field: ImportField) => string {
  return (field) => {
    const at = columns.indexOf(field);
    return at < 0 ? '' : textOfCell(cells[at] ?? '');
  };
}

/** Names of images that a cell asks for, post by post of the thread. */
export function imageNames(cell: string): string[][] {
  return cell === '' ? [] : readParts(cell).map((part) => part.split('\n').map((line) => line.trim()).filter((line) => line !== ''));
}

/** Reads one row. Whatever is wrong with it is said in words, each with its column; nothing is thrown. */
export function readRow(cell: (field: ImportField) => string, known: Known, headerOf: (field: ImportField) => string | null): ReadRow {
  const problems: ImportProblem[] = [];
  const note = (field: ImportField, code: string, message: string): void => void problems.push({ column: headerOf(field), code, message, isBlocking: true });
  for (const field of ['text', 'altText', 'firstComment', 'labels'] as const) {
    if (hasControlCharacter(cell(field))) note(field, 'control-character', 'There is an invisible control character in this cell. Type its words anew where they were pasted.');
  }
  const content = readContent(cell, known, note);
  const accounts = readAccounts(cell('accounts'), known.accounts, (code, message) => note('accounts', code, message));
  const labels = [...new Set(readList(cell('labels')))];
  const when = readTime(cell, known.zone, note);
  if (content.parts.every(({ text, media }) => text.trim() === '' && media.length === 0)) note('text', 'empty', 'This row has neither words nor an image. Write something.');
  const targets = accounts.map(({ id }) => ({ accountId: id, content: null }));
  for (const { pointer, code, message } of problems.length > 0 ? [] : bodyCheck.explain({ requestKey: anyKey, content, targets, labels, when })) {
    note(fieldOf(pointer), code, message);
  }
  return { content, when, accounts, labels, problems };
}

type Note = (field: ImportField, code: string, message: string) => void;

function readContent(cell: (field: ImportField) => string, known: Known, note: Note): Content {
  const texts = readParts(cell('text'));
  const images = imageNames(cell('images'));
  const descriptions = cell('altText') === '' ? [] : readParts(cell('altText')).map((part) => part.split('\n'));
  const parts = Array.from({ length: Math.max(texts.length, images.length) }, (_, index) => ({
    text: texts[index] ?? '',
    media: (images[index] ?? []).flatMap((name, at) => {
      const found = findImage(name, known, note);
      return found === null ? [] : [{ mediaId: found.id, altText: descriptions[index]?.[at]?.trim() || found.alt_text }];
    }),
  }));
  const comment = cell('firstComment');
  return { parts, firstComment: comment.trim() === '' ? null : comment };
}

function findImage(name: string, { images }: Known, note: Note): Known['images'][number] | null {
  const found = images.filter((image) => image.id === name || image.name === name);
  if (found.length > 1) note('images', 'ambiguous', `There are ${found.length} images “${short(name)}” in the library. Write the id of the one you mean.`);
  if (found.length === 0) note('images', 'unknown', `There is no image “${short(name)}” in the library. Add it there first, under this name.`);
  return found.length === 1 ? (found[0] ?? null) : null;
}

function readAccounts(cell: string, accounts: readonly AccountRow[], note: (code: string, message: string) => void): AccountRow[] {
  const chosen = readList(cell).flatMap((item) => {
    const found = findAccounts(item, accounts);
    if (found.length === 1) return found;
    const names = (found.length > 1 ? found : accounts).slice(0, handlesNamedMax).map(({ network, handle }) => `${network}:${handle}`).join(', ');
    if (found.length > 1) note('ambiguous', `“${short(item)}” could be several accounts. Write one of: ${names}.`);
    else note('unknown', `There is no account “${short(item)}” here. ${names === '' ? 'Connect it first.' : `Write it as one of: ${names}${accounts.length > handlesNamedMax ? ', …' : ''}.`}`);
    return [];
  });
  return [...new Set(chosen)];
}

/** An account by `handle`, `@handle` or `network:handle`, in any case. A connected one goes before those that are not. */
function findAccounts(item: string, accounts: readonly AccountRow[]): readonly AccountRow[] {
  const wanted = item.toLowerCase();
  const matching = accounts.filter(({ network, network_name: name, handle }) => {
    const bare = handle.toLowerCase().replace(/^@/, '');
    return [bare, `@${bare}`].some((form) => wanted === form || wanted === `${network}:${form}` || wanted === `${name.toLowerCase()}:${form}`);
  });
  const connected = matching.filter(({ state }) => state === 'connected');
  return connected.length > 0 ? connected : matching;
}

function readTime(cell: (field: ImportField) => string, defaultZone: string, note: Note): When {
  const day = cell('date').trim();
  const isSplit = day !== '' || cell('time').trim() !== '';
  const text = isSplit ? `${day} ${cell('time').trim()}`.trim() : cell('when').trim();
  const field: ImportField = isSplit ? 'date' : 'when';
  if (text === '') return { kind: 'draft' };
  const occurrence = cell('occurrence').trim().toLowerCase();
  if (occurrence !== '' && occurrence !== 'first' && occurrence !== 'second') note('occurrence', 'occurrence', 'Write first or second, or nothing.');
  const [, date, hour = '', minute = ''] = wallTimeForm.exec(text) ?? [];
  if (date === undefined) note(field, 'time', describeForm(text));
  if (date === undefined) return { kind: 'draft' };
  return {
    kind: 'at', wallTime: `${date}T${hour.padStart(2, '0')}:${minute}`, zone: cell('zone').trim() || defaultZone,
    ...(occurrence === 'first' || occurrence === 'second' ? { occurrence } : {}),
  };
}

function describeForm(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return 'There is a day and no time. Write both: 2026-12-01 09:00.';
  if (/\d(Z|[+-]\d{2}:?\d{2})$/.test(text)) return 'Leave out what follows the minutes, and name the time zone in a column of its own: 2026-12-01 09:00.';
  return 'Write the time as year-month-day hour:minute: 2026-12-01 09:00.';
}

function short(text: string): string {
  const characters = [...text.replaceAll(/[\p{C}]/gu, '')];
  return characters.length > 60 ? `${characters.slice(0, 59).join('')}…` : characters.join('');
}

/** The column that a field of a post comes from. */
export function fieldOf(pointer: string): ImportField {
  if (pointer.startsWith('/when/zone')) return 'zone';
  if (pointer.startsWith('/when/occurrence')) return 'occurrence';
  if (pointer.startsWith('/when')) return 'when';
  if (pointer.startsWith('/labels')) return 'labels';
  if (pointer.includes('/firstComment')) return 'firstComment';
  if (pointer.includes('/altText')) return 'altText';
  if (pointer.includes('/media')) return 'images';
  return pointer.startsWith('/targets') ? 'accounts' : 'text';
}
