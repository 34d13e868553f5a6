import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { csvLine } from '@rookery/contract/csv.ts';
import { AppError } from '../../../platform/errors.ts';
import { readParts, writeParts } from './cells.ts';
import { readColumns } from './import-columns.ts';
import { readImportFile } from './import-file.ts';

const read = (text: string | Buffer) => readImportFile(Buffer.from(text));

function refused(text: string | Buffer, code: string): string {
  try {
    readImportFile(Buffer.from(text));
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    assert.deepEqual(error.fields.map((field) => field.code), [code], error.message);
    assert.match(error.message, /^[A-Z].{20,}\.$/);
    return error.message;
  }
  return assert.fail('it was not refused');
}

test('comma, semicolon and tab, any line ends, with and without byte order mark, and line breaks in quotation marks', () => {
  for (const [separator, sign] of [['comma', ','], ['semicolon', ';'], ['tab', '\t']] as const) {
    for (const end of ['\n', '\r\n', '\r']) {
      for (const mark of ['', '\ufeff']) {
        const file = read(`${mark}When${sign}"Text, and; all"${end}${end}2026-12-01 09:00${sign}"two${end}lines, ""said"" ${sign}"${end}${end}`);
        assert.deepEqual(file, { separator: sign, header: ['When', 'Text, and; all'], rows: [{ row: 3, cells: ['2026-12-01 09:00', `two\nlines, "said" ${sign}`] }] }, separator);
      }
    }
  }
});

test('whatever is no CSV in UTF-8 is refused with words that say what to do', () => {
  for (const encoded of [Buffer.from('\ufeffText\na', 'utf16le'), Buffer.from('\ufeffText\na', 'utf16le').swap16(), Buffer.from('Text\na', 'utf16le'), Buffer.from('Text\na', 'utf16le').swap16()]) {
    assert.match(refused(encoded, 'utf-16'), /CSV UTF-8/);
  }
  refused(Buffer.from('Text\na\u0000b'), 'binary');
  refused(Buffer.concat([Buffer.from('Text\ncaf'), Buffer.from([0xe9])]), 'encoding');
  refused(Buffer.from('PK\u0003\u0004rest'), 'spreadsheet');
  assert.match(refused('Text\n"never closed\nmore\n', 'quote'), /in row 2/);
  refused(`Text\n"${'x'.repeat(310_000)}"\n`, 'quote');
  for (const text of ['', '\n\n\n', ',,,\na,b', 'Text\n', 'Text\n,\n  ,\n']) refused(text, 'empty');
  refused(`${'a,'.repeat(61)}\nb`, 'too-many-columns');
});

test('more rows than allowed are refused, and so are a million line breaks and a million separators', () => {
  assert.equal(read(`Text\n${'a\n'.repeat(500)}`).rows.length, 500);
  refused(`Text\n${'a\n'.repeat(501)}`, 'too-many-rows');
  refused(`Text\n${'\n'.repeat(1_000_000)}a`, 'too-many-rows');
  refused(`Text\n${','.repeat(1_000_000)}`, 'too-many-columns');
  refused(`${','.repeat(100_000)}a\nb`, 'too-many-columns');
});

test('what csvLine writes is read back cell by cell', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', ' ', 'é', '🦜', '='), maxLength: 12 });
  fc.assert(fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }), (rows) => {
    const filled = rows.map(([a, b]) => [`x${a}`, `x${b}`]);
    assert.deepEqual(read([['Text', 'Labels'], ...filled].map(csvLine).join('')).rows.map(({ cells }) => cells), filled);
  }));
});

test('the posts of a thread come back from their cell, whatever their lines look like', () => {
  const line = fc.constantFrom('---', '\\---', '\\\\---', 'words', '', ' ---', '-- -');
  fc.assert(fc.property(fc.array(fc.array(line, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }), (parts) => {
    const texts = parts.map((lines) => lines.join('\n'));
    assert.deepEqual(readParts(writeParts(texts)), texts);
  }));
});

test('headers are understood in the words of others, and a choice goes before them', () => {
  const file = read('Publish at;Profile(s);Caption;Tags;Notes;Message\n1;2;3;4;5;6');
  assert.deepEqual(readColumns(file, undefined), ['when', 'accounts', 'text', 'labels', null, null]);
  assert.deepEqual(readColumns(file, '-,-,labels,text'), [null, null, 'labels', 'text']);
  for (const chosen of ['text,text', 'text,<script>', '']) assert.throws(() => readColumns(file, chosen), AppError);
});
