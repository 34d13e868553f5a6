/** Longest line of a calendar file in octets, without its end (RFC 5545, 3.1). */
const lineOctetsMax = 75;
// Of control characters a text may hold the tab (RFC 5545, 3.1: CONTROL); a line break is written as one of the escapes.
// oxlint-disable-next-line no-control-regex
const controls = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** A value of type TEXT: line breaks, commas, semicolons and backslashes escaped, other control characters left out (RFC 5545, 3.3.11). */
export function calendarText(text: string): string {
  return text.toWellFormed().replaceAll(/\r\n?/g, '\n').replaceAll(controls, '').replaceAll(/[\\;,]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`);
}

/** A value of type DATE-TIME, in UTC: `20261124T090000Z`. */
export function calendarTime(at: Date): string {
  return at.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
}

/** One property with its end, folded so that no line is too long and no character is cut. `value` has been written for its type already. */
export function calendarLine(name: string, value: string): string {
  const lines: string[] = [];
  let line = '';
  let octets = 0;
  for (const character of `${name}:${value}`) {
    const length = Buffer.byteLength(character);
    if (octets + length > lineOctetsMax) {
      lines.push(line);
      // What continues a line begins with a space, which counts.
      line = ' ';
      octets = 1;
    }
    line += character;
    octets += length;
  }
  return `${[...lines, line].join('\r\n')}\r\n`;
}
