export type CsvCell = string | number | boolean | null;

/**
 * What a spreadsheet takes for the beginning of a formula, and what it skips or reads as such a sign: full-width forms, tab and
 * line breaks (OWASP, "CSV Injection", read 2026-11-24). Apostrophes before it count, so that the one which is added can be told from them.
 */
const formulaStart = /^'*[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/;
const needsQuotes = /[",\t\r\n]/;

function writeCell(value: CsvCell): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  if (formulaStart.test(value)) return quote(`'${value}`);
  return needsQuotes.test(value) ? quote(value) : value;
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** One line of CSV (RFC 4180) with its end. Null is an empty cell; no text of a stranger becomes a formula: it gets an apostrophe. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(writeCell).join(',')}\r\n`;
}

/** The text that `csvLine` was given for a cell, or that a person put behind an apostrophe to keep their spreadsheet from reading a formula. */
export function textOfCell(cell: string): string {
  return cell.startsWith("'") && formulaStart.test(cell) ? cell.slice(1) : cell;
}
