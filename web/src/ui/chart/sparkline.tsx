import type { ReactElement } from 'react';

import { linePath } from './path.ts';
import { linearScale } from './scale.ts';
import { describeTrend, lastMeasuredIndex, measured } from './series.ts';

export interface SparklineProps {
  /** What it shows, for screen readers: "Followers of @ada". */
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly width?: number;
  readonly height?: number;
}

/** A trend in a table row: a line, its last point marked, gaps as gaps. */
export function Sparkline({ label, values, width = 96, height = 24 }: SparklineProps): ReactElement {
  const known = measured(values);
  const sentence = describeTrend(label, values.map((value, index) => ({ day: String(index), value })));
  const yOf = linearScale([Math.min(...known), Math.max(...known)], [height - 3, 3]);
  const xOf = linearScale([0, Math.max(1, values.length - 1)], [2, width - 4]);
  const path = linePath(values, { xOf, yOf });
  const last = lastMeasuredIndex(values);
  return (
    <svg
      role="img" aria-label={sentence} width={width} height={height} viewBox={`0 0 ${width} ${height}`}
      className="block overflow-visible text-accent"
    >
      {path !== '' && <path d={path} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" />}
      {last >= 0 && <circle cx={xOf(last)} cy={yOf(values[last] ?? 0)} r="2" fill="currentColor" />}
    </svg>
  );
}
