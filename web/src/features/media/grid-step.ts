const steps: Readonly<Record<string, 'back' | 'on' | 'up' | 'down' | 'first' | 'last'>> = {
  ArrowLeft: 'back', ArrowRight: 'on', ArrowUp: 'up', ArrowDown: 'down', Home: 'first', End: 'last',
};

export interface GridPlace {
  readonly index: number;
  readonly count: number;
  /** Tiles in a row. */
  readonly columns: number;
}

/** Where a key leads from a tile of the grid; null for keys that lead nowhere. */
export function stepFrom({ index, count, columns }: GridPlace, key: string): number | null {
  const step = steps[key];
  if (step === undefined || count === 0) return null;
  const to = { back: index - 1, on: index + 1, up: index - columns, down: index + columns, first: 0, last: count - 1 }[step];
  return to < 0 || to >= count ? null : to;
}
