import { CsvError, parse } from 'csv-parse/sync';
import { importRowsMax } from '@rookery/contract/post-import.ts';
import { invalidField } from '../../../platform/errors.ts';
import type { AppError } from '../../../platform/errors.ts';

const separators = [',', ';', '\t'] as const;
export type Separator = (typeof separators)[number];

/** A file as rows of cells. */
export interface ImportFile {
  readonly separator: Separator;
  readonly header: readonly string[];
  /** `row` is as spreadsheets count, the header being row 1. Rows without anything in them are left out. */
  readonly rows: readonly { readonly row: number; readonly cells: readonly string[] }[];
}

const columnsMax = 60;
/** A thread of 25 posts of 10,000 characters fits; half a file behind a quotation mark does not. */
const recordLengthMax = 300_000;
const separatorsMax = 200_000;
const zipStart = Buffer.from('PK\u0003\u0004');
const decoder = new TextDecoder('utf-8', { fatal: true });
const saveAgain = 'Save it as “CSV UTF-8” and send that.';

/** Reads a CSV file: UTF-8 with or without byte order mark; comma, semicolon or tab. Throws 422 with words for anything else. */
export function readImportFile(bytes: Buffer): ImportFile {
  const text = withoutLastBreaks(decode(bytes).replaceAll(/\r\n?/g, '\n'));
  const separator = guessSeparator(text);
  if (isCrowded(text, separator)) throw refuseFile('too-many-columns', `This file has far too many cells. Remove what is not about posts: ${columnsMax} columns at most.`);
  const [header = [], ...records] = parseRecords(text, separator);
  if (header.every((cell) => cell.trim() === '')) throw refuseFile('empty', 'This file has no first row with the names of its columns. Add one, such as: When, Accounts, Text.');
  if (header.length > columnsMax) throw refuseFile('too-many-columns', `This file has ${header.length} columns. Remove what is not about posts: ${columnsMax} at most.`);
  const rows = records.map((cells, index) => ({ row: index + 2, cells })).filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  if (rows.length === 0) throw refuseFile('empty', 'This file has no row below the names of its columns. Add a row for each post.');
  if (rows.length > importRowsMax) throw refuseRows();
  return { separator, header, rows };
}

function refuseFile(code: string, message: string): AppError {
  return invalidField('/file', code, message);
}

function refuseRows(): AppError {
  return refuseFile('too-many-rows', `This file has more than ${importRowsMax} posts. Split it, and send one part after the other.`);
}

function decode(bytes: Buffer): string {
  if (bytes.subarray(0, zipStart.length).equals(zipStart)) throw refuseFile('spreadsheet', `This is a spreadsheet, not a CSV file. ${saveAgain}`);
  const [first, second] = bytes;
  const hasNul = bytes.includes(0);
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || (hasNul && (first === 0 || second === 0))) {
    throw refuseFile('utf-16', `This file is in UTF-16. ${saveAgain}`);
  }
  if (hasNul) throw refuseFile('binary', `This is not a text file. ${saveAgain}`);
  try {
    return decoder.decode(bytes);
  } catch {
    throw refuseFile('encoding', `This file is not in UTF-8, so letters beyond A to Z would be lost. ${saveAgain}`);
  }
}

/** The one that stands most often in the first row, outside quotation marks. */
function guessSeparator(text: string): Separator {
  const counts = new Map<string, number>();
  let isQuoted = false;
  for (const character of text.slice(0, recordLengthMax)) {
    if (character === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (character === '\n') break;
    else counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  return separators.toSorted((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0))[0] ?? ',';
}

function parseRecords(text: string, separator: Separator): string[][] {
  // Empty rows count here, so that a file of a million line breaks is not a million rows in memory.
  const recordsMax = 1 + 2 * importRowsMax;
  try {
    const records = parse(text, {
      delimiter: separator, record_delimiter: '\n', relax_column_count: true, relax_quotes: true, max_record_size: recordLengthMax, to: recordsMax + 1,
    });
    if (records.length > recordsMax) throw refuseRows();
    return records;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const before: unknown = error['records'];
    const where = typeof before === 'number' ? ` in row ${before + 1}` : '';
    if (error.code === 'CSV_QUOTE_NOT_CLOSED') throw refuseFile('quote', `A quotation mark${where} opens a text that never ends. Close it, and write a quotation mark inside a text twice: "".`);
    if (error.code === 'CSV_MAX_RECORD_SIZE') throw refuseFile('quote', `The text${where} is longer than any post. Look for a quotation mark that is not closed.`);
    throw refuseFile('form', `This file cannot be read as CSV${where}. ${saveAgain}`);
  }
}

/** Empty cells have no length that would add up to a limit, and a million of them take seconds to be made. */
function isCrowded(text: string, separator: Separator): boolean {
  let count = 0;
  for (let at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, at + 1)) count += 1;
  return count > separatorsMax;
}

function withoutLastBreaks(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '\n') end -= 1;
  return text.slice(0, end);
}
