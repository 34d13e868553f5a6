import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvLine, textOfCell } from './csv.ts';

test('no text is run as a formula, whatever it begins with', () => {
  for (const start of ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
    assert.equal(csvLine([`${start}SUM(A1)`]), `"'${start}SUM(A1)"\r\n`, JSON.stringify(start));
  }
  assert.equal(csvLine(['=HYPERLINK("https://example.test";"x")']), `"'=HYPERLINK(""https://example.test"";""x"")"\r\n`);
});

test('numbers stay numbers, what is not known stays empty, and text comes back as it was', () => {
  assert.equal(csvLine([-3, 4996, null, true, 'plain', 'a,b', 'say "hi"', 'two\r\nlines']), '-3,4996,,true,plain,"a,b","say ""hi""","two\r\nlines"\r\n');
});

test('what was written is read back from its cell, apostrophes of its own included', () => {
  for (const text of ['=1', '@someone', "'=1", "''+1", "'quoted'", 'plain', '', '-', '\tx', '＝1', "it's"]) {
    const cell = csvLine([text]).slice(0, -2);
    const bare = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
    assert.equal(textOfCell(bare), text);
  }
  assert.equal(textOfCell("'hello"), "'hello", 'an apostrophe before a word is the word’s');
});
