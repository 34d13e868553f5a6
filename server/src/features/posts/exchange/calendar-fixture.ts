/** An event as RFC 5545 says to read it: property names without parameters, texts unescaped. */
export type ReadEvent = Readonly<Record<string, string>>;

/** Reads a calendar file strictly; throws at whatever the standard does not allow. */
export function readCalendar(file: string): { readonly properties: ReadEvent; readonly events: readonly ReadEvent[]; readonly components: number } {
  if (!file.endsWith('\r\n') || /[^\r]\n|\r[^\n]/.test(file)) throw new Error('a line does not end with CRLF');
  for (const line of file.split('\r\n')) if (Buffer.byteLength(line) > 75) throw new Error(`too long: ${line}`);
  const open: { name: string; properties: Record<string, string> }[] = [];
  const events: ReadEvent[] = [];
  let properties: ReadEvent = {};
  let components = -1;
  for (const line of file.replaceAll(/\r\n[ \t]/g, '').trimEnd().split('\r\n')) {
    const [, name = '', value = ''] = /^([A-Z-]+)(?:;[^:]*)?:(.*)$/s.exec(line) ?? [];
    if (name === '') throw new Error(`not a property: ${line}`);
    if (name === 'BEGIN') open.push({ name: value, properties: {} });
    else if (name === 'END') {
      const closed = open.pop();
      if (closed?.name !== value) throw new Error(`${value} ends what it did not begin`);
      components += 1;
      if (value === 'VEVENT') events.push(closed.properties);
      if (value === 'VCALENDAR') properties = closed.properties;
    } else {
      const last = open.at(-1);
      if (last === undefined || name in last.properties) throw new Error(`${name} is out of place or there twice`);
      last.properties[name] = unescape(value);
    }
  }
  if (open.length > 0 || components < 1) throw new Error('the calendar is not closed or has nothing in it');
  return { properties, events, components };
}

function unescape(value: string): string {
  return value.replaceAll(/\\([\\;,nN])/g, (_whole, escaped: string) => (escaped.toLowerCase() === 'n' ? '\n' : escaped));
}
