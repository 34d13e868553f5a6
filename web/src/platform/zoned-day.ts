function partsIn(atMs: number, timeZone: string): Record<string, number> {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
  });
  return Object.fromEntries(format.formatToParts(atMs).map((part) => [part.type, Number(part.value)]));
}

/** How far a zone's clock is ahead of UTC at a moment, in milliseconds. */
function offsetMs(atMs: number, timeZone: string): number {
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = partsIn(atMs, timeZone);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(atMs / 1000) * 1000;
}

/** The instant at which a calendar day (`2026-11-24`) begins in a zone. */
export function startOfDay(day: string, timeZone: string): string {
  const wallMs = Date.parse(`${day}T00:00:00Z`);
  // The offset is asked for twice: a change of clocks can lie between the guess and the answer.
  const guessMs = wallMs - offsetMs(wallMs, timeZone);
  return new Date(wallMs - offsetMs(guessMs, timeZone)).toISOString();
}

/** The calendar day after a day. */
export function dayAfter(day: string): string {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}

/** The last instant of a calendar day in a zone. */
export function endOfDay(day: string, timeZone: string): string {
  return new Date(Date.parse(startOfDay(dayAfter(day), timeZone)) - 1).toISOString();
}
