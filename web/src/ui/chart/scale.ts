/** Maps a value linearly from a domain to a range in pixels. A domain of one point maps to the range's middle. */
export function linearScale(domain: readonly [number, number], range: readonly [number, number]): (value: number) => number {
  const [from, to] = domain;
  const [start, end] = range;
  if (from === to) return () => (start + end) / 2;
  return (value) => start + ((value - from) / (to - from)) * (end - start);
}

function niceStep(span: number, ticksMax: number): number {
  const raw = span / Math.max(1, ticksMax - 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= raw - Number.EPSILON) ?? 10;
  return factor * power;
}

export interface TickOptions {
  /** At most so many ticks, at least two. */
  readonly ticksMax?: number;
  /** True for counts, which have no halves. */
  readonly isWhole?: boolean;
}

/**
 * Round values that enclose the data, few enough for a quiet chart. The first and last are the domain to draw.
 * A flat series gets room above and below, so that its line stands in the middle.
 */
export function niceTicks(min: number, max: number, { ticksMax = 4, isWhole = true }: TickOptions = {}): readonly number[] {
  const isFlat = min === max;
  const low = isFlat ? min - 1 : min;
  const high = isFlat ? max + 1 : max;
  let step = niceStep(high - low, ticksMax);
  if (isWhole) step = Math.max(1, Math.ceil(step));
  // Rounding outwards can need one step more than allowed: widen until it fits.
  for (;;) {
    const first = Math.floor(low / step + 1e-9);
    const last = Math.ceil(high / step - 1e-9);
    if (last - first + 1 <= Math.max(2, ticksMax)) {
      return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
    }
    step = isWhole ? Math.ceil(niceStep(step * ticksMax, ticksMax)) : niceStep(step * ticksMax, ticksMax);
  }
}

export interface Band {
  /** Width of one slot in pixels. */
  readonly step: number;
  readonly centerOf: (index: number) => number;
  /** The slot under a horizontal position, kept inside. */
  readonly indexAt: (x: number) => number;
}

/** Divides a width into equal slots, one for each day. */
export function bandScale(count: number, range: readonly [number, number]): Band {
  const [start, end] = range;
  const step = count === 0 ? 0 : (end - start) / count;
  return {
    step,
    centerOf: (index) => start + (index + 0.5) * step,
    indexAt: (x) => (step === 0 ? 0 : Math.min(count - 1, Math.max(0, Math.floor((x - start) / step)))),
  };
}

/** Indexes to label, evenly spread and ending at the last one, with at least `gapPixels` between labels. */
export function labelIndexes(count: number, width: number, gapPixels = 80): readonly number[] {
  if (count === 0) return [];
  const labelsMax = Math.max(1, Math.floor(width / gapPixels));
  const every = Math.max(1, Math.ceil(count / labelsMax));
  const indexes: number[] = [];
  for (let index = count - 1; index >= 0; index -= every) indexes.unshift(index);
  return indexes;
}
