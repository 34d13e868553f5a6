import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExportEntry } from '../archive.ts';
import { decodeText, repairMojibake } from './decode-text.ts';

function entryOf(chunks: readonly Uint8Array[]): ExportEntry {
  return {
    path: 'followers_1.json',
    upload: 'followers_1.json',
    modifiedAt: null,
    bytes: 0,
    read: async function* () {
      yield* chunks;
    },
  };
}

test('mojibake is undone only where every character is a byte and the bytes are UTF-8', () => {
  assert.equal(repairMojibake('JosÃ©'), 'José');
  assert.equal(repairMojibake('ð\x9f\x98\x80'), '😀');
  for (const kept of ['plain', 'José', 'Ã©漢', 'Ã', '', '😀 Ã©']) assert.equal(repairMojibake(kept), kept);
});

test('characters that fall between two chunks are not harmed, wherever the cut is', async () => {
  const text = '["é","漢","😀"]';
  for (const [encoding, mark] of [
    ['utf8', ''],
    ['utf8', '\uFEFF'],
    ['utf16le', '\uFEFF'],
  ] as const) {
    const bytes = Buffer.from(mark + text, encoding);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      let read = '';
      for await (const piece of decodeText(entryOf([bytes.subarray(0, cut), bytes.subarray(cut)]))) read += piece;
      assert.equal(read, text, `${encoding} cut at ${cut}`);
    }
  }
});
