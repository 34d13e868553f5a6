const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** U+202F: keeps a figure and its unit together. */
const thinSpace = '\u202f';

/**
 * The words of the product are English, so dates and figures take the reader's English variant:
 * a German month name inside an English sentence reads as a mistake.
 */
function chooseLocale(): string {
  const languages = typeof navigator === 'undefined' ? [] : (navigator.languages ?? []);
  return languages.find((language) => language.toLowerCase().startsWith('en')) ?? 'en-GB';
}

const locale = chooseLocale();
const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter costs far more than using one; lists use the same few again and again. */
function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options);
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(locale, options);
  formats.set(key, made);
  return made;
}

function withMinusSign(text: string): string {
  return text.replace('-', '\u2212');
}

const countFormat = new Intl.NumberFormat(locale);
// British English writes a million as "m", which is also a metre and a minute; one form for all.
const compactFormat = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const signedFormat = new Intl.NumberFormat(locale, { signDisplay: 'exceptZero' });

/** A whole figure: 24,318. */
export function formatCount(value: number): string {
  return withMinusSign(countFormat.format(value));
}

/** A short figure for axes and cramped places: 24.3k, 1.2M. */
export function formatCompact(value: number): string {
  return withMinusSign(compactFormat.format(value)).replace('K', 'k');
}

/** Whether the short figure with that many decimals says exactly this value. */
function isExact(value: number, decimals: number): boolean {
  const size = Math.abs(value);
  const unit = size >= 1e9 ? 1e9 : size >= 1e6 ? 1e6 : size >= 1e3 ? 1e3 : 1;
  const scaled = (value / unit) * 10 ** decimals;
  return Math.abs(scaled - Math.round(scaled)) < 1e-6;
}

/**
 * The figures along an axis, all in one manner: short where the short form is exact (23.8k, 24k), else in full (4,999 and 5,000,
 * which would both be 5k). So two ticks never have one label, and a label never names another place than its line.
 */
export function formatAxis(values: readonly number[]): readonly string[] {
  const decimals = [1, 2].find((count) => values.every((value) => isExact(value, count)));
  if (decimals === undefined) return values.map((value) => formatCount(value));
  const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: decimals });
  return values.map((value) => withMinusSign(short.format(value)).replace('K', 'k'));
}

/** A change with its sign: +38, −4, 0. */
export function formatSigned(value: number): string {
  return withMinusSign(signedFormat.format(value));
}

/** A share between 0 and 1 as a percentage with one decimal. */
export function formatShare(share: number): string {
  return `${withMinusSign((share * 100).toFixed(1))}${thinSpace}%`;
}

/** A count with its noun: 1 follower, 2 followers. */
export function formatPlural(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${Math.abs(count) === 1 ? one : many}`;
}

/** A file size in units of 1,000 bytes: 12.4 MB. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'] as const;
  let value = bytes;
  let unit: (typeof units)[number] = 'B';
  for (const next of units) {
    unit = next;
    if (value < 1000 || next === 'GB') break;
    value /= 1000;
  }
  return `${unit === 'B' || value >= 100 ? Math.round(value) : value.toFixed(1)}${thinSpace}${unit}`;
}

/** Date and time in a zone: 24 Nov 2026, 09:00. */
export function formatInstant(instant: string, timeZone: string): string {
  return dateFormat({ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZone }).format(new Date(instant));
}

/** The time of day of a moment in a zone: 09:00. */
export function formatTime(atMs: number, timeZone: string): string {
  return dateFormat({ hour: hourStyle, minute: '2-digit', timeZone }).format(atMs);
}

/** Date and time to the second with the zone's short name, for tooltips and the audit log. */
export function formatExact(instant: string, timeZone: string): string {
  const options = {
    day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone, timeZoneName: 'short',
  } as const;
  return dateFormat(options).format(new Date(instant));
}

/** The day of an instant in a zone: 24 Nov 2026. */
export function formatDate(instant: string, timeZone: string): string {
  return dateFormat({ day: 'numeric', month: 'short', year: 'numeric', timeZone }).format(new Date(instant));
}

const days = new Map<string, string>();
const daysMax = 2000;

/** A month writes each of its days three times, and again with every change on it. */
function writeDay(key: string, write: () => string): string {
  if (days.size > daysMax) days.clear();
  const known = days.get(key) ?? write();
  days.set(key, known);
  return known;
}

/** A calendar day that the server named (`2026-11-24`), as the day it is, in no zone. */
export function formatDay(day: string, style: 'short' | 'long' = 'short'): string {
  const options = style === 'short'
    ? ({ day: 'numeric', month: 'short', timeZone: 'UTC' } as const)
    : ({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const);
  return writeDay(`${day} ${style}`, () => dateFormat(options).format(new Date(`${day}T00:00:00Z`)));
}

/** Calendar days from one to another, both included, as one reading: 16 – 22 Nov 2026. */
export function formatDays(from: string, to: string): string {
  if (from === to) return formatDay(from, 'long');
  const format = dateFormat({ day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
  return format.formatRange(new Date(`${from}T00:00:00Z`), new Date(`${to}T00:00:00Z`));
}

/** Clocks of twelve hours write "9:00 AM", those of 24 "09:00". */
const hourStyle = new Intl.DateTimeFormat(locale, { hour: 'numeric' }).resolvedOptions().hour12 === true ? 'numeric' : '2-digit';

const times = new Map<string, string>();

/** A calendar writes the same few hundred times of day again and again. */
function writeTime(time: string, write: () => string): string {
  const known = times.get(time) ?? write();
  times.set(time, known);
  return known;
}

/**
 * A wall time (`2026-11-24T09:00`) as the time that it is, in no zone: 09:00, or "Tue 24 Nov, 09:00" with the year where it is not
 * this one. `hour` is for the edge of a grid: 09:00, or 9 AM.
 */
export function formatWall(wallTime: string, style: 'hour' | 'time' | 'moment' = 'moment'): string {
  const clock = { hour: hourStyle, minute: '2-digit', timeZone: 'UTC' } as const;
  const moment = new Date(`${wallTime}Z`);
  if (style === 'hour' && hourStyle === 'numeric') return dateFormat({ hour: 'numeric', timeZone: 'UTC' }).format(moment);
  if (style !== 'moment') return writeTime(wallTime.slice(11), () => dateFormat(clock).format(moment));
  const isThisYear = wallTime.slice(0, 4) === String(new Date().getFullYear());
  const options = { weekday: 'short', day: 'numeric', month: 'short', ...(isThisYear ? {} : ({ year: 'numeric' } as const)), ...clock } as const;
  return dateFormat(options).format(moment);
}

/** Two calendar days and what is between them: 23–29 Nov 2026. */
export function formatDayRange(first: string, last: string): string {
  const options = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const;
  return dateFormat(options).formatRange(new Date(`${first}T00:00:00Z`), new Date(`${last}T00:00:00Z`));
}

/** The month of a calendar day: Nov, or November 2026. */
export function formatMonth(day: string, style: 'short' | 'long' = 'long'): string {
  const options = style === 'short' ? ({ month: 'short' } as const) : ({ month: 'long', year: 'numeric' } as const);
  return dateFormat({ ...options, timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));
}

/** The day of the week of a calendar day: Tue, or Tuesday. */
export function formatWeekday(day: string, style: 'short' | 'long' = 'short'): string {
  return dateFormat({ weekday: style, timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));
}

/** What a zone's clock is called at a moment: GMT+1, CET. */
export function formatZoneName(atMs: number, timeZone: string): string {
  return new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' }).formatToParts(atMs).find((part) => part.type === 'timeZoneName')?.value ?? timeZone;
}

/** Relative up to seven days ("4 min ago", "in 3 days"), then a date in the zone. */
export function formatRelative(instant: string, nowMs: number, timeZone: string): string {
  const differenceMs = Date.parse(instant) - nowMs;
  const sizeMs = Math.abs(differenceMs);
  if (sizeMs < 45_000) return 'just now';
  if (sizeMs > 7 * dayMs) return formatDate(instant, timeZone);
  const amount = sizeMs < hourMs ? `${Math.max(1, Math.round(sizeMs / minuteMs))} min`
    : sizeMs < dayMs ? `${Math.round(sizeMs / hourMs)} h`
    : formatPlural(Math.round(sizeMs / dayMs), 'day');
  return differenceMs < 0 ? `${amount} ago` : `in ${amount}`;
}

/** The calendar day of a moment in a zone, as `2026-11-24`. */
export function dayInZone(atMs: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(atMs);
  return parts;
}

/** The zone of this browser, for a sensible first choice. */
export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** Every zone the browser knows, UTC first. */
export function allZones(): readonly string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
}
