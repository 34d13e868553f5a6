import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cleanFileName } from './clean-name.ts';

test('a name loses folders, invisible characters and whatever turns it around', () => {
  const expected: [string, string][] = [
    ['holiday.jpg', 'holiday.jpg'], ['../../etc/passwd', 'passwd'], ['C:\\Users\\ann\\bird.png', 'bird.png'], ['a\0.png', 'a.png'], ['..', 'image'],
    ['', 'image'], [' .hidden ', 'hidden'], ['gpj.\u202eexe', 'gpj.exe'], ['a\r\nSet-Cookie: x.jpg', 'aSet-Cookie: x.jpg'], ['Größe  1.jpg', 'Größe 1.jpg'],
    ['u\u0308ber.png', 'über.png'], ['\ud83d.png', 'png'], ['鳥.webp', '鳥.webp'], ['\u200b', 'image'], ['x/', 'image'],
  ];
  for (const [name, cleaned] of expected) assert.equal(cleanFileName(name), cleaned, JSON.stringify(name));
});

test('a long name is cut and keeps its ending', () => {
  const cleaned = cleanFileName(`${'a'.repeat(300)}.jpeg`);
  assert.deepEqual([[...cleaned].length, cleaned.endsWith('….jpeg')], [120, true]);
});

test('whatever was typed, the name is short, visible and no path', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
    const cleaned = cleanFileName(name);
    assert.ok([...cleaned].length >= 1 && [...cleaned].length <= 120);
    assert.doesNotMatch(cleaned, /[\p{C}/\\]/u);
    assert.equal(cleaned, cleaned.trim());
  }), { numRuns: 2000 });
});
