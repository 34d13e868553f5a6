import type { Part } from './schema-fixture.ts';
import { textPartsOf } from './schema-fixture.ts';

/** Longer than any body may be. */
const tooLongForAnybody = 270_000;
const uuid = '01900000-0000-7000-8000-0000000000ab';

/** Texts that are as good as any other: they may be refused, or are kept as they are. */
const strangeTexts = [
  '<script>alert(1)</script>', "' or 1=1; drop table member;--", '=HYPERLINK("http://evil.example","x")', '@SUM(A1)', '\u202egnp.exe', 'a\u2028b',
  'e\u0301\u0302\u0303', '👩‍👩‍👧‍👦', '{{7*7}}${7*7}', '../../etc/passwd', '%0d%0aSet-Cookie: a=b', '%00', '__proto__', 'null', 'http://169.254.169.254/latest',
  '//evil.example', 'javascript:alert(1)', 'a\nb', '99999999999999999999',
];

/** Instants that a form may let through, and a calendar or a database may not. */
const strangeInstants = [
  '0000-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z', '2026-02-30T00:00:00Z', '2026-12-31T23:59:60Z', '2026-01-01T24:00:00Z',
  '2026-01-01T00:00:00.123456789Z', '2026-01-01T00:00:00+23:59', '2026-01-01T00:00:00-00:00', '2026-01-01t00:00:00z', '2026-01-01 00:00:00Z', '+275760-09-13T00:00:00Z',
  '2026-13-01T00:00:00Z', 'infinity', 'now',
];

const strangeDays = ['0000-00-00', '0000-01-01', '0001-01-01', '2026-02-30', '9999-12-31', '2026-13-01', '٢٠٢٦-٠١-٠١'];
const strangeZones = ['Mars/Olympus', '../Berlin', 'europe/berlin', '+25:00', 'UTC; drop', 'Etc/GMT+99', 'posixrules'];
const strangeKeys = ['0', '9'.repeat(19), '9223372036854775807', '9223372036854775808', '0'.repeat(19), '1'.repeat(20)];
const strangeIds = [uuid, uuid.toUpperCase(), `${uuid}0`, ` ${uuid}`, uuid.replaceAll('-', ''), `{${uuid}}`, 'nope', '0', `${uuid}' or ''='`, '------------------------------------'];

/** Texts to try where a schema takes one: by its form and its limits. */
export function textsFor(part: Part, name: string): string[] {
  return textPartsOf(part).flatMap((text) => {
    const lengthMax = Number(text['maxLength'] ?? tooLongForAnybody);
    const limits = ['', ' ', 'a'.repeat(lengthMax), '😀'.repeat(Math.ceil(lengthMax / 2)), 'a'.repeat(lengthMax + 1)];
    return [...new Set([...limits, ...formsOf(text, name), ...strangeTexts.map((strange) => strange.slice(0, lengthMax))])].filter((each) => each.isWellFormed());
  });
}

function formsOf(text: Part, name: string): readonly string[] {
  if (text['format'] === 'date-time') return strangeInstants;
  const pattern = String(text['pattern'] ?? '');
  if (pattern.startsWith('^\\d{4}-')) return strangeDays;
  if (pattern.startsWith('^\\d{1,')) return strangeKeys;
  if (pattern !== '') return strangeIds;
  if (/zone/i.test(name)) return strangeZones;
  if (name === 'email') return ['a@b', '@', 'a@b@c.d', '"a"@b.cd', 'a b@c.de', `a@${'b'.repeat(249)}.c`, 'a@b.c\u202e'];
  return [];
}

/** JSON values to try in any place of a body; whether one fits, its schema says. */
export const anyValues: readonly unknown[] = [
  null, true, 0, -1, 1.5, 2 ** 53, 1e300, 'x', [], {}, [null], { length: 1 },
];

/** Pieces of JSON text that no body may hold, whatever the place. */
export const refusedFragments: readonly (readonly [what: string, fragment: string | Buffer])[] = [
  ['NUL, escaped', '"a\\u0000b"'],
  ['NUL as it is', Buffer.from('"a\u0000b"')],
  ['half of a surrogate pair', '"a\\ud800b"'],
  ['the other half', '"\\udc00"'],
  ['carriage return', '"a\\r\\nSet-Cookie: a=b"'],
  ['escape character', '"\\u001b[31m"'],
  ['C1 control', '"\\u0085"'],
  ['invalid UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
  ['overlong UTF-8', Buffer.from([0x22, 0xc0, 0xae, 0x22])],
  ['surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ['1e400', '1e400'],
  ['-1e400', '-1e400'],
  ['NaN', 'NaN'],
  ['deep list', `${'['.repeat(40)}${']'.repeat(40)}`],
  ['very deep list', '['.repeat(100_000)],
  ['long list', `[${'0,'.repeat(5000)}0]`],
  ['prototype member', '{"__proto__":{"isAdmin":true}}'],
  ['repeated member', '{"a":1,"a":2}'],
  ['single quotes', "'x'"],
  ['nothing', ''],
];

/** Whole bodies that are refused everywhere, also where no body is asked for. */
export const refusedBodies: readonly (readonly [what: string, body: string | Buffer])[] = [
  ['null', 'null'], ['a list', '[]'], ['a text', '"text"'], ['half an object', '{'], ['two values', '{}{}'], ['white space', '  '], ['a byte order mark', '\ufeff{}'], ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0x7d])], ['UTF-16', Buffer.from('{}', 'utf16le')],
  ['a deep list', '['.repeat(100_000)], ['a deep object', `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`], ['__proto__', '{"__proto__":{"isAdmin":true}}'],
  ['constructor', '{"constructor":{"prototype":{"isAdmin":true}}}'], ['a repeated member', '{"zzz":1,"zzz":1}'],
  ['many members', JSON.stringify(Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`m${index}`, 1])))],
  ['too much', `{"a":"${'a'.repeat(tooLongForAnybody)}"}`], ['a form', 'a=1&b=2'],
];

/** Query texts, percent-encoded already, that are refused in every parameter. */
export const refusedEncodings = ['%00', 'a%00b', '%0d%0aSet-Cookie:%20a=b', '%1b', '%zz', '%', '%ff', '%c0%ae', '%ed%a0%80'] as const;

/** Path segments, percent-encoded already, that are refused wherever an id is asked for. */
export const refusedSegments = [
  'nope', '%00', '..%2f..%2fetc%2fpasswd', '%2e%2e', '%ff', '%ed%a0%80', "'%20or%201=1--", '%F0%9F%98%80', 'a'.repeat(600), '0', '__proto__', '%0d%0aSet-Cookie:%20a=b',
] as const;
