const alphabet = '234567abcdefghijklmnopqrstuvwxyz';

/** atproto.com/specs/tid: 13 characters, the first of them below 2^63. */
export function isTid(text: string): boolean {
  return /^[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}$/.test(text);
}

/** A key for this time: 53 bits of microseconds, 10 bits that tell writers apart. `serial` keeps those of one millisecond apart. */
export function mintTid(at: Date, serial: number): string {
  let value = ((BigInt(at.getTime()) * 1000n + BigInt(serial % 1000)) << 10n) | BigInt(serial % 1024);
  let text = '';
  for (let place = 0; place < 13; place += 1) {
    text = alphabet.charAt(Number(value & 31n)) + text;
    value >>= 5n;
  }
  return text;
}
