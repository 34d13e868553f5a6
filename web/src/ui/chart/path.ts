/** Where the point of an index and a value is drawn. */
export interface Placement {
  readonly xOf: (index: number) => number;
  readonly yOf: (value: number) => number;
}

type Values = readonly (number | null)[];

interface Spot {
  readonly x: number;
  readonly y: number;
}

function round(pixels: number): number {
  return Math.round(pixels * 100) / 100;
}

/** The stretches between gaps. */
function runsOf(values: Values, { xOf, yOf }: Placement): Spot[][] {
  const runs: Spot[][] = [];
  let isOpen = false;
  for (const [index, value] of values.entries()) {
    if (value !== null) {
      const spot = { x: round(xOf(index)), y: round(yOf(value)) };
      if (isOpen) runs.at(-1)?.push(spot);
      else runs.push([spot]);
    }
    isOpen = value !== null;
  }
  return runs;
}

function polyline(run: readonly Spot[]): string {
  return run.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x},${y}`).join('');
}

/** An SVG path through the values: a gap interrupts it, and a lone value between two gaps is a dot (with round line ends). */
export function linePath(values: Values, placement: Placement): string {
  return runsOf(values, placement).map((run) => (run.length === 1 ? `${polyline(run)}h0` : polyline(run))).join('');
}

/** An SVG path around the area between the values and a base line, interrupted where they are. */
export function areaPath(values: Values, placement: Placement, baseY: number): string {
  return runsOf(values, placement)
    .filter((run) => run.length > 1)
    .map((run) => `${polyline(run)}L${run.at(-1)?.x ?? 0},${round(baseY)}L${run[0]?.x ?? 0},${round(baseY)}Z`)
    .join('');
}
