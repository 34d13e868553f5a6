const dayMs = 86_400_000;

/** Says whether the name is a time zone that this system knows. */
export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** The calendar day, `2026-11-24`, of an instant in a zone. */
export function dayOf(instant: Date, zone: string): string {
  return formatter(zone).format(instant);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

// Swedish writes dates as ISO 8601 does.
function formatter(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('sv', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
  formatters.set(zone, made);
  return made;
}

/** Says whether the text is a day of the calendar: 2026-02-30 is none. */
export function isDay(text: string): boolean {
  const at = Date.parse(`${text}T12:00:00.000Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** The first instant of a day in a zone. Where midnight does not exist (a spring change at midnight), the first that does. */
export function startOfDay(day: string, zone: string): Date {
  const noonUtc = Date.parse(`${day}T12:00:00.000Z`);
  // Zones lie within 14 hours of UTC: the day's start is in this span. Halve it until the boundary is found.
  let before = noonUtc - 27 * 3_600_000;
  let within = noonUtc + 15 * 3_600_000;
  while (within - before > 1) {
    const middle = Math.floor((before + within) / 2);
    if (dayOf(new Date(middle), zone) < day) before = middle;
    else within = middle;
  }
  return new Date(within);
}

/** The first instant after a day in a zone. */
export function endOfDay(day: string, zone: string): Date {
  return startOfDay(addDays(day, 1), zone);
}

/** The calendar day `count` days later (or earlier, when negative). */
export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T12:00:00.000Z`) + count * dayMs).toISOString().slice(0, 10);
}

/** All days from the first to the last, both included. */
export function daysBetween(first: string, last: string): string[] {
  const days: string[] = [];
  for (let day = first; day <= last; day = addDays(day, 1)) days.push(day);
  return days;
}
