import { clsx } from 'clsx';
import type { ReactElement, ReactNode } from 'react';

import { formatCompact, formatDay } from '../../platform/format.ts';
import { labelIndexes, type Band } from './scale.ts';
import type { Gap } from './series.ts';
import type { Cursor } from './use-chart.ts';

/** The inside of a chart in pixels. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Horizontal hairlines with compact figures; no frame, no vertical lines. */
export function YAxis({ box, ticks, yOf }: { readonly box: Box; readonly ticks: readonly number[]; readonly yOf: (value: number) => number }): ReactElement {
  return (
    <g>
      {ticks.map((tick) => (
        <g key={tick}>
          <line x1={box.left} x2={box.right} y1={yOf(tick)} y2={yOf(tick)} className="stroke-line" strokeWidth={tick === 0 ? 1.5 : 1} shapeRendering="crispEdges" />
          <text x={box.left - 8} y={yOf(tick) + 4} textAnchor="end" className="fill-faint text-axis tabular">{formatCompact(tick)}</text>
        </g>
      ))}
    </g>
  );
}

/** Days under the chart, as many as fit. */
export function XAxis({ box, days, band }: { readonly box: Box; readonly days: readonly string[]; readonly band: Band }): ReactElement {
  const last = days.length - 1;
  return (
    <g>
      {labelIndexes(days.length, box.right - box.left).map((index) => (
        <text
          key={index}
          x={index === last ? box.right : band.centerOf(index)}
          y={box.bottom + 18}
          textAnchor={index === last ? 'end' : 'middle'}
          className="fill-faint text-axis tabular"
        >
          {formatDay(days[index] ?? '')}
        </text>
      ))}
    </g>
  );
}

interface GapBandsProps {
  readonly id: string;
  readonly box: Box;
  readonly days: readonly string[];
  readonly band: Band;
  readonly gaps: readonly Gap[];
}

/** Hatched bands where nothing could be measured: a gap with a reason, not a zero. */
export function GapBands({ id, box, days, band, gaps }: GapBandsProps): ReactElement {
  return (
    <g>
      <defs>
        <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line x1="0" y1="0" x2="0" y2="6" className="stroke-control" strokeWidth="1.5" strokeOpacity="0.45" />
        </pattern>
      </defs>
      {gaps.map((gap) => {
        const index = days.indexOf(gap.day);
        if (index < 0) return null;
        return <rect key={gap.day} x={band.centerOf(index) - band.step / 2} y={box.top} width={Math.max(2, band.step)} height={box.bottom - box.top} fill={`url(#${id})`} />;
      })}
    </g>
  );
}

export interface TooltipRow {
  readonly label: string;
  readonly value: string;
  /** Text colour class of its stroke. */
  readonly className?: string;
}

interface ChartTooltipProps {
  readonly x: number;
  readonly width: number;
  readonly day: string;
  readonly rows: readonly TooltipRow[];
  readonly note?: ReactNode;
}

/** A small table beside the cursor; on the side that has room. */
export function ChartTooltip({ x, width, day, rows, note }: ChartTooltipProps): ReactElement {
  const isLeft = x > width / 2;
  return (
    <div
      aria-hidden="true"
      className={clsx('pointer-events-none absolute top-2 z-10 max-w-56 min-w-36 rounded-control border border-line bg-raised px-3 py-2 text-caption shadow-float', isLeft && '-translate-x-full')}
      style={{ left: isLeft ? x - 12 : x + 12 }}
    >
      <p className="mb-1 font-medium">{formatDay(day, 'long')}</p>
      {rows.map((row) => (
        <p key={row.label} className="flex justify-between gap-4">
          <span className={clsx('flex items-center gap-1.5', row.className)}>
            <span className="size-1.5 rounded-full bg-current" />
            <span className="text-muted">{row.label}</span>
          </span>
          <span className="font-medium tabular">{row.value}</span>
        </p>
      ))}
      {note !== undefined && <p className="mt-1 text-muted">{note}</p>}
    </div>
  );
}

interface ReaderProps {
  readonly label: string;
  /** What the cursor is on, in words. */
  readonly reading: string;
  readonly count: number;
  readonly cursor: Cursor;
  readonly canPick?: boolean;
}

/** The layer that takes pointer, touch and arrow keys; to a screen reader a slider over the days. */
export function ChartReader({ label, reading, count, cursor, canPick = false }: ReaderProps): ReactElement {
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={1}
      aria-valuemax={Math.max(1, count)}
      aria-valuenow={(cursor.index ?? Math.max(0, count - 1)) + 1}
      aria-valuetext={reading}
      className={clsx('absolute inset-0 touch-pan-y rounded-small', canPick ? 'cursor-pointer' : 'cursor-crosshair')}
      {...cursor.handlers}
    />
  );
}
