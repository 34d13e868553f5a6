/** What the address bar holds after `?`: text by name, as typed or linked by anyone. */
export type RawSearch = Readonly<Record<string, unknown>>;

/** Reads `?a=b` as plain text values; the router's own form would turn `q=123` into a number. */
export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

/** Writes search parameters plainly, leaving out what is unset. */
export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (typeof value === 'string' && value !== '') params.set(name, value);
    else if (typeof value === 'boolean' || typeof value === 'number') params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** A text parameter of at most `lengthMax` characters, else undefined. */
export function textParam(raw: RawSearch, name: string, lengthMax = 200): string | undefined {
  const value = raw[name];
  return typeof value === 'string' && value !== '' && value.length <= lengthMax ? value : undefined;
}

/** One of a closed list of words, else undefined. */
export function wordParam<const Words extends readonly string[]>(raw: RawSearch, name: string, words: Words): Words[number] | undefined {
  return words.find((word) => word === raw[name]);
}

/** `true` or `false`, else undefined. */
export function flagParam(raw: RawSearch, name: string): boolean | undefined {
  const value = raw[name];
  if (value === true || value === 'true') return true;
  return value === false || value === 'false' ? false : undefined;
}

/** A UUID, else undefined. */
export function idParam(raw: RawSearch, name: string): string | undefined {
  const value = textParam(raw, name, 36);
  return value !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value) ? value : undefined;
}

/** A calendar day `2026-11-24`, else undefined. */
export function dayParam(raw: RawSearch, name: string): string | undefined {
  const value = textParam(raw, name, 10);
  return value !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined;
}

/** Drops undefined members, so that a parsed search fits `exactOptionalPropertyTypes`. */
export function compact<T extends Readonly<Record<string, unknown>>>(search: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // Entries with undefined are gone, so each remaining value has its type without undefined.
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
