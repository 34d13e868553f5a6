import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RowSplitter } from './split-rows.ts';

function split(text: string, pieceLength: number): unknown[] {
  const splitter = new RowSplitter('f.json', ['list']);
  const rows = [];
  for (let at = 0; at < text.length; at += pieceLength) rows.push(...splitter.push(text.slice(at, at + pieceLength)));
  splitter.finish();
  return rows.map((row) => JSON.parse(row.text ?? ''));
}

test('the rows are the ones that JSON.parse sees, however the text is cut and indented', () => {
  const other = fc.jsonValue({ maxDepth: 4 });
  fc.assert(
    fc.property(
      fc.array(other),
      fc.dictionary(
        fc.string({ maxLength: 20 }).filter((key) => key !== 'list'),
        other,
      ),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom(0, 2),
      (rows, around, pieceLength, indent) => {
        const parsed: unknown = JSON.parse(JSON.stringify(rows));
        assert.deepEqual(split(JSON.stringify(rows, null, indent), pieceLength), parsed);
        assert.deepEqual(split(JSON.stringify({ ...around, list: rows, last: 1 }, null, indent), pieceLength), parsed);
      },
    ),
    { numRuns: 300 },
  );
});

test('any text at all ends in rows or in a refusal, and what JSON.parse takes as a list is never refused', () => {
  const characters = fc.constantFrom('[', ']', '{', '}', '"', ',', ':', '\\', '1', ' ', 'null', '"list"');
  fc.assert(
    fc.property(
      fc.array(characters, { maxLength: 14 }).map((parts) => parts.join('')),
      (text) => {
        let whole: unknown;
        try {
          whole = JSON.parse(text);
        } catch {
          /* then only "no other error" is asked */
        }
        if (Array.isArray(whole)) assert.deepEqual(split(text, 3), whole);
        else
          assert.doesNotThrow(() => {
            try {
              split(text, 3);
            } catch (error) {
              if (!(error instanceof Error) || error instanceof TypeError) throw error;
            }
          });
      },
    ),
    { numRuns: 3_000 },
  );
});

test('a list cut short anywhere is refused, never read as a shorter list', () => {
  for (const text of ['[{"a":"]"},{"b":[1]}]', '{"x":[1],"list":[{"a":1},{"b":2}]}']) {
    for (let length = 0; length < text.length; length += 1)
      assert.throws(() => split(text.slice(0, length), 5), /is empty|breaks off/, String(length));
  }
});
