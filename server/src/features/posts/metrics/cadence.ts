const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How long after it was published a post is read for the first time. */
export const firstReadingMs = 5 * minuteMs;

/** Young posts are read often, since most happens to them early. Beyond the last age nothing is read any more. */
const ages = [
  { untilAgeMs: hourMs, everyMs: 10 * minuteMs },
  { untilAgeMs: 6 * hourMs, everyMs: 30 * minuteMs },
  { untilAgeMs: dayMs, everyMs: 2 * hourMs },
  { untilAgeMs: 7 * dayMs, everyMs: 12 * hourMs },
  { untilAgeMs: 30 * dayMs, everyMs: dayMs },
  { untilAgeMs: 90 * dayMs, everyMs: 7 * dayMs },
] as const;

/** Where each reading costs money, once in a UTC day: only on these days after that of publication. */
const pricedDays = [0, 1, 3, 7, 28];

/** When a post that has just been read is read next; null when it is too old. */
export function nextReadingAt({ publishedAt, now, isPriced }: { publishedAt: Date; now: Date; isPriced: boolean }): Date | null {
  const ageMs = Math.max(0, now.getTime() - publishedAt.getTime());
  const step = ages.find(({ untilAgeMs }) => ageMs < untilAgeMs);
  if (step === undefined) return null;
  const next = new Date(now.getTime() + step.everyMs);
  return isPriced ? onPricedDay(publishedAt, next) : next;
}

/** The time itself on a day that is paid for, else the same time of day as the publication on the next such day. */
function onPricedDay(publishedAt: Date, at: Date): Date | null {
  const dayOf = (instant: Date): number => Math.floor(instant.getTime() / dayMs);
  const since = dayOf(at) - dayOf(publishedAt);
  const day = pricedDays.find((one) => one >= since);
  if (day === undefined) return null;
  return day === since ? at : new Date(publishedAt.getTime() + day * dayMs);
}
