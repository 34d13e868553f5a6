const dayMs = 86_400_000;
const wallTimePattern = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})$/;
/** Zones were set by the sun before that, to the second. */
const yearMin = 1900;
const formattersMax = 600;

/** A wall time, as `2026-11-24T09:00`, and the instant that it is. */
export interface WallMoment {
  readonly wallTime: string;
  readonly at: Date;
}

/**
 * What a wall time means in a zone. `skipped`: clocks jump over it, from `from` to `to`; `before` and `after` are as far from the time
 * asked for as the jump is long. `ambiguous`: clocks are set back, and it comes twice. `invalid`: no such day, time or zone.
 */
export type ResolvedWallTime =
  | { readonly kind: 'instant'; readonly at: Date }
  | { readonly kind: 'skipped'; readonly from: string; readonly to: string; readonly before: WallMoment; readonly after: WallMoment }
  | { readonly kind: 'ambiguous'; readonly first: Date; readonly second: Date }
  | { readonly kind: 'invalid'; readonly what: 'time' | 'zone' };

/** The instant of a wall time, `2026-11-24T09:00`, in a zone. `occurrence` chooses where clocks are set back and the time comes twice. */
export function resolveWallTime(wallTime: string, zone: string, occurrence?: 'first' | 'second'): ResolvedWallTime {
  const wallMs = readWallTime(wallTime);
  if (wallMs === null) return { kind: 'invalid', what: 'time' };
  const formatter = findFormatter(zone);
  if (formatter === null) return { kind: 'invalid', what: 'zone' };
  // An instant lies within a day of its wall time read as UTC, so these two are the offsets before and after any change near it.
  const earlier = offsetAt(wallMs - dayMs, formatter);
  const later = offsetAt(wallMs + dayMs, formatter);
  const instants = [...new Set([earlier, later])]
    .filter((offsetMs) => offsetAt(wallMs - offsetMs, formatter) === offsetMs)
    .map((offsetMs) => wallMs - offsetMs)
    .sort((a, b) => a - b);
  const [firstMs, secondMs] = instants;
  if (firstMs === undefined) return describeSkipped(wallMs, { earlier, later }, formatter);
  if (secondMs === undefined) return { kind: 'instant', at: new Date(firstMs) };
  if (occurrence === undefined) return { kind: 'ambiguous', first: new Date(firstMs), second: new Date(secondMs) };
  return { kind: 'instant', at: new Date(occurrence === 'first' ? firstMs : secondMs) };
}

/** When a planned wall time comes, and the hour that clocks jump over where it lies in one. */
export interface PlannedMoment {
  readonly at: Date;
  readonly skipped: { readonly from: string; readonly to: string } | null;
}

/**
 * When a plan is due, however the zone's rules have changed since it was made: a wall time that is skipped comes at the first minute
 * that exists after it, of one that comes twice the chosen one or else the first. Null for a zone or a time that is not known.
 * `resolve`: the rules.
 */
export function dueUnderRules(
  plan: { readonly wallTime: string; readonly zone: string; readonly occurrence: 'first' | 'second' | null }, resolve: typeof resolveWallTime = resolveWallTime,
): PlannedMoment | null {
  const resolved = resolve(plan.wallTime, plan.zone, plan.occurrence ?? 'first');
  switch (resolved.kind) {
    case 'instant':
      return { at: resolved.at, skipped: null };
    case 'ambiguous':
      return { at: resolved.first, skipped: null };
    case 'skipped': {
      // The moment after lies as far behind the change as the wall time lies in the hour that is skipped.
      const intoMs = Date.parse(`${plan.wallTime}Z`) - Date.parse(`${resolved.from}Z`);
      return { at: new Date(resolved.after.at.getTime() - intoMs), skipped: { from: resolved.from, to: resolved.to } };
    }
    case 'invalid':
      return null;
  }
}

/** The wall time of an instant in a zone, to the minute: `2026-11-24T09:00`. Throws a RangeError for an unknown zone. */
export function wallTimeOf(instant: Date, zone: string): string {
  const formatter = findFormatter(zone);
  if (formatter === null) throw new RangeError(`There is no time zone ${zone}.`);
  return writeWallTime(instant.getTime() + offsetAt(instant.getTime(), formatter));
}

function describeSkipped(wallMs: number, offsets: { earlier: number; later: number }, formatter: Intl.DateTimeFormat): ResolvedWallTime {
  // The change lies between these two; halve the span until its instant is found.
  let beforeMs = wallMs - dayMs;
  let afterMs = wallMs + dayMs;
  while (afterMs - beforeMs > 1) {
    const middleMs = Math.floor((beforeMs + afterMs) / 2);
    if (offsetAt(middleMs, formatter) === offsets.earlier) beforeMs = middleMs;
    else afterMs = middleMs;
  }
  const moment = (atMs: number): WallMoment => ({ wallTime: writeWallTime(atMs + offsetAt(atMs, formatter)), at: new Date(atMs) });
  return {
    kind: 'skipped',
    from: writeWallTime(afterMs + offsets.earlier), to: writeWallTime(afterMs + offsets.later),
    before: moment(wallMs - offsets.later), after: moment(wallMs - offsets.earlier),
  };
}

/** The wall time as if it were UTC, in ms; null when there is no such day or time. */
function readWallTime(wallTime: string): number | null {
  const match = wallTimePattern.exec(wallTime);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = match.slice(1).map(Number);
  const wallMs = Date.UTC(year, month - 1, day, hour, minute);
  return year >= yearMin && writeWallTime(wallMs) === wallTime ? wallMs : null;
}

function writeWallTime(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 16);
}

/** How far the zone is ahead of UTC at an instant, in ms. */
function offsetAt(instantMs: number, formatter: Intl.DateTimeFormat): number {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const { type, value } of formatter.formatToParts(instantMs)) parts[type] = value;
  const wallMs = Date.UTC(
    Number(parts.year), Number(parts.month) - 1, Number(parts.day), Number(parts.hour), Number(parts.minute), Number(parts.second),
  );
  return wallMs - Math.floor(instantMs / 1000) * 1000;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

// Making one takes a hundred times as long as using it. Names are known in any mix of cases, so the number kept has a limit.
function findFormatter(zone: string): Intl.DateTimeFormat | null {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  const made = makeFormatter(zone);
  if (made === null) return null;
  if (formatters.size >= formattersMax) formatters.clear();
  formatters.set(zone, made);
  return made;
}

function makeFormatter(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en', {
      timeZone, hourCycle: 'h23', calendar: 'gregory', numberingSystem: 'latn',
      year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
    });
  } catch {
    return null;
  }
}
