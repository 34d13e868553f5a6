import { clsx } from 'clsx';
import type { ReactElement, ReactNode } from 'react';

import { formatAxis } from '../../platform/format.ts';
import { labelIndexes, type Band } from './scale.ts';
import type { Cursor } from './use-chart.ts';

/** The inside of a chart in pixels. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const margin = { top: 12, right: 16, bottom: 26, left: 48 } as const;
/** What the axes take of the width, with figures of usual length. */
export const axesWidth: number = margin.left + margin.right;
const axisGap = 8;
/** Width of a figure in the axis size, in pixels, rounded up. */
const figureWidth = 7;

/** Room for the plot between the axes: long figures on the left take more of the width. */
export function boxOf(ticks: readonly number[], { width, height }: { readonly width: number; readonly height: number }): Box {
  const figures = Math.max(0, ...formatAxis(ticks).map((label) => label.length));
  const left = Math.max(margin.left, figures * figureWidth + axisGap);
  return { left, right: width - margin.right, top: margin.top, bottom: height - margin.bottom };
}

interface YAxisProps {
  readonly box: Box;
  readonly ticks: readonly number[];
  readonly yOf: (value: number) => number;
}

/** Horizontal hairlines with their figures; no frame, no vertical lines. */
export function YAxis({ box, ticks, yOf }: YAxisProps): ReactElement {
  const labels = formatAxis(ticks);
  return (
    <g>
      {ticks.map((tick, index) => (
        <g key={tick}>
          <line
            x1={box.left} x2={box.right} y1={yOf(tick)} y2={yOf(tick)}
            className="stroke-line" strokeWidth={tick === 0 ? 1.5 : 1} shapeRendering="crispEdges"
          />
          <text x={box.left - axisGap} y={yOf(tick) + 4} textAnchor="end" className="fill-faint text-axis tabular">{labels[index]}</text>
        </g>
      ))}
    </g>
  );
}

interface XAxisProps {
  readonly box: Box;
  /** One for each slot. */
  readonly labels: readonly string[];
  readonly band: Band;
}

/** Days under the chart, as many as fit. */
export function XAxis({ box, labels, band }: XAxisProps): ReactElement {
  const last = labels.length - 1;
  return (
    <g>
      {labelIndexes(labels.length, box.right - box.left).map((index) => (
        <text
          key={index}
          x={index === last ? box.right : band.centerOf(index)}
          y={box.bottom + 18}
          textAnchor={index === last ? 'end' : 'middle'}
          className="fill-faint text-axis tabular"
        >
          {labels[index]}
        </text>
      ))}
    </g>
  );
}

interface GapBandsProps {
  readonly id: string;
  readonly box: Box;
  readonly band: Band;
  /** Indexes of the slots without a measure. */
  readonly slots: readonly number[];
}

/** Hatched bands where nothing could be measured: a gap with a reason, not a zero. */
export function GapBands({ id, box, band, slots }: GapBandsProps): ReactElement {
  return (
    <g>
      <defs>
        <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line x1="0" y1="0" x2="0" y2="6" className="stroke-control" strokeWidth="1.5" strokeOpacity="0.45" />
        </pattern>
      </defs>
      {slots.map((index) => (
        <rect
          key={index} x={band.centerOf(index) - band.step / 2} y={box.top}
          width={Math.max(2, band.step)} height={box.bottom - box.top} fill={`url(#${id})`}
        />
      ))}
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
  readonly title: string;
  readonly rows: readonly TooltipRow[];
  readonly note?: ReactNode;
}

/** A small table beside the cursor; on the side that has room. */
export function ChartTooltip({ x, width, title, rows, note }: ChartTooltipProps): ReactElement {
  const isLeft = x > width / 2;
  return (
    <div
      aria-hidden="true"
      className={clsx(
        'pointer-events-none absolute top-2 z-10 max-w-56 min-w-36 rounded-control border border-line bg-raised px-3 py-2',
        'text-caption shadow-float', isLeft && '-translate-x-full',
      )}
      style={{ left: isLeft ? x - 12 : x + 12 }}
    >
      <p className="mb-1 font-medium">{title}</p>
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
