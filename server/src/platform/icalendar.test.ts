import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { calendarLine, calendarText, calendarTime } from './icalendar.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 400 });

/** The lines of a file as RFC 5545 says to read them: a line break and the white space after it are not there. */
function unfold(file: string): string {
  return file.replaceAll(/\r\n[ \t]/g, '');
}

/** A TEXT value as RFC 5545 says to read it. */
function readText(value: string): string {
  return value.replaceAll(/\\([\\;,nN])/g, (_whole, escaped: string) => (escaped.toLowerCase() === 'n' ? '\n' : escaped));
}

test('no line is longer than 75 octets, no character is cut, and unfolding gives the value back', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 500 }), (text) => {
    const value = calendarText(text);
    const file = calendarLine('DESCRIPTION', value);
    assert.ok(file.endsWith('\r\n'));
    for (const line of file.slice(0, -2).split('\r\n')) {
      assert.ok(Buffer.byteLength(line) <= 75, line);
      assert.doesNotMatch(line, /[\r\n]/);
      assert.ok(line.isWellFormed());
    }
    assert.equal(unfold(file), `DESCRIPTION:${value}\r\n`);
  }));
});

test('a long value of emoji fills its lines as far as whole characters go', () => {
  const lines = calendarLine('SUMMARY', '🦜'.repeat(100)).trimEnd().split('\r\n');
  assert.deepEqual(lines.slice(1, -1).map((line) => Buffer.byteLength(line)), lines.slice(1, -1).map(() => 73));
});

test('a text comes back as it was typed, but for control characters and the form of its line breaks', () => {
  fc.assert(fc.property(anyText, (text) => {
    const kept = [...text.toWellFormed().replaceAll(/\r\n?/g, '\n')].filter((character) => character === '\n' || character === '\t' || (character >= ' ' && character !== '\u007f')).join('');
    const value = calendarText(text);
    assert.equal(readText(value), kept);
    assert.doesNotMatch(value, /(?<!\\)(\\\\)*[;,]/, 'separators are escaped');
  }));
});

test('nothing that somebody typed becomes a property of its own', () => {
  const file = calendarLine('SUMMARY', calendarText('words\r\nATTENDEE:mailto:a@example.org\nEND:VEVENT\u2028BEGIN:VALARM'));
  assert.equal(file.split('\r\n').filter((line) => /^(ATTENDEE|END|BEGIN)/.test(line)).length, 0);
});

test('a time is written in UTC to the second', () => {
  assert.equal(calendarTime(new Date('2026-11-24T09:05:07.123Z')), '20261124T090507Z');
});
