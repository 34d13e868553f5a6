import { useId, type ReactElement } from 'react';

import { formatCount, formatDay } from '../../platform/format.ts';
import { ChartFrame, LegendItem } from './chart-frame.tsx';
import { boxOf, ChartReader, ChartTooltip, GapBands, XAxis, YAxis, type TooltipRow } from './chart-parts.tsx';
import { areaPath, linePath } from './path.ts';
import { bandScale, linearScale, niceTicks } from './scale.ts';
import { describeTrend, lastMeasuredIndex, measured, type Gap, type Point } from './series.ts';
import { useCursor } from './use-chart.ts';

export interface LineAreaProps {
  /** The measure: "Followers". Also the file name of the CSV. */
  readonly title: string;
  /** One point for each day, in order; null where nothing was measured. */
  readonly points: readonly Point[];
  /** The period before, day by day, drawn dashed. */
  readonly previous?: readonly Point[];
  readonly previousLabel?: string;
  readonly gaps?: readonly Gap[];
  /** Today in the workspace's zone: not over yet, so it is dotted. */
  readonly incompleteDay?: string;
  readonly height?: number;
  readonly format?: (value: number) => string;
}

/** One measure over days: line and soft area, the previous period dashed, gaps hatched with their reason. */
export function LineArea(props: LineAreaProps): ReactElement {
  const { title, points, previous = [], previousLabel = 'Previous period', gaps = [], height = 260 } = props;
  const reasons = new Map(gaps.map((gap) => [gap.day, gap.reason]));
  const columns = previous.length > 0 ? [title, previousLabel] : [title];
  const rows = points.map((point, index) => {
    const note = reasons.get(point.day);
    const values = previous.length > 0 ? [point.value, previous[index]?.value ?? null] : [point.value];
    return { day: point.day, values, ...(note === undefined ? {} : { note }) };
  });
  const legend = (): ReactElement => (
    <>
      <LegendItem className="text-accent">{title}</LegendItem>
      {previous.length > 0 && <LegendItem className="text-control" isDashed>{previousLabel}</LegendItem>}
      {gaps.length > 0 && <span>Hatched: not measured</span>}
    </>
  );
  return (
    <ChartFrame title={title} table={{ columns, rows }} height={height} legend={legend}>
      {(width) => <Plot {...props} width={width} height={height} />}
    </ChartFrame>
  );
}

function Plot(props: LineAreaProps & { readonly width: number; readonly height: number }): ReactElement {
  const { title, points, previous = [], previousLabel = 'Previous period', gaps = [], incompleteDay, width, height } = props;
  const { format = formatCount } = props;
  const hatchId = useId();
  const known = measured([...points, ...previous].map((point) => point.value));
  const ticks = known.length === 0 ? [0, 1] : niceTicks(Math.min(...known), Math.max(...known));
  const box = boxOf(ticks, { width, height });
  const yOf = linearScale([ticks[0] ?? 0, ticks.at(-1) ?? 1], [box.bottom, box.top]);
  const band = bandScale(points.length, [box.left, box.right]);
  const cursor = useCursor(points.length, band.indexAt);
  const days = points.map((point) => point.day);
  const values = points.map((point) => point.value);
  const last = lastMeasuredIndex(values);
  const isOpenEnded = incompleteDay !== undefined && days[last] === incompleteDay;
  const placement = { xOf: band.centerOf, yOf };
  const solid = isOpenEnded ? values.map((value, index) => (index < last ? value : null)) : values;
  const tail = isOpenEnded ? values.map((value, index) => (index >= last - 1 && index <= last ? value : null)) : [];
  const point = cursor.index === null ? undefined : points[cursor.index];
  const before = cursor.index === null ? undefined : previous[cursor.index];
  const reading = readingOf({ point, title, gaps, format, fallback: describeTrend(title, points) });

  return (
    <>
      <svg role="img" aria-label={describeTrend(title, points)} width={width} height={height} className="block text-accent">
        <YAxis box={box} ticks={ticks} yOf={yOf} />
        <XAxis box={box} labels={days.map((day) => formatDay(day))} band={band} />
        <GapBands id={hatchId} box={box} band={band} slots={gaps.map((gap) => days.indexOf(gap.day)).filter((index) => index >= 0)} />
        <path d={areaPath(values, placement, box.bottom)} fill="currentColor" fillOpacity="0.08" />
        {previous.length > 0 && (
          <path
            d={linePath(previous.slice(0, points.length).map((item) => item.value), placement)}
            fill="none" className="stroke-control" strokeWidth="1.5" strokeDasharray="4 4"
          />
        )}
        <path
          d={linePath(solid, placement)} fill="none"
          stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round"
        />
        {tail.length > 0 && (
          <path
            d={linePath(tail, placement)} fill="none"
            stroke="currentColor" strokeWidth="2" strokeDasharray="0.5 4.5" strokeLinecap="round"
          />
        )}
        {last >= 0 && (
          <circle
            cx={band.centerOf(last)} cy={yOf(values[last] ?? 0)} r="3.5"
            fill="currentColor" className="stroke-surface" strokeWidth="2"
          />
        )}
        {cursor.index !== null && (
          <line
            x1={band.centerOf(cursor.index)} x2={band.centerOf(cursor.index)} y1={box.top} y2={box.bottom}
            className="stroke-control" strokeWidth="1" shapeRendering="crispEdges"
          />
        )}
        {cursor.index !== null && point !== undefined && point.value !== null && (
          <circle
            cx={band.centerOf(cursor.index)} cy={yOf(point.value)} r="4"
            fill="currentColor" className="stroke-surface" strokeWidth="2"
          />
        )}
      </svg>
      <ChartReader label={`${title} by day`} reading={reading} count={points.length} cursor={cursor} />
      {cursor.index !== null && point !== undefined && (
        <ChartTooltip
          x={band.centerOf(cursor.index)}
          width={width}
          title={formatDay(point.day, 'long')}
          rows={tooltipRows({ title, point, before, previousLabel, format })}
          note={noteOf(point, gaps, incompleteDay)}
        />
      )}
    </>
  );
}

interface Reading {
  readonly point: Point | undefined;
  readonly title: string;
  readonly gaps: readonly Gap[];
  readonly format: (value: number) => string;
  readonly fallback: string;
}

function readingOf({ point, title, gaps, format, fallback }: Reading): string {
  if (point === undefined) return fallback;
  const reason = gaps.find((gap) => gap.day === point.day)?.reason;
  const value = point.value === null ? (reason ?? 'not measured') : format(point.value);
  return `${formatDay(point.day, 'long')}: ${title} ${value}`;
}

interface RowInput {
  readonly title: string;
  readonly point: Point;
  readonly before: Point | undefined;
  readonly previousLabel: string;
  readonly format: (value: number) => string;
}

function tooltipRows({ title, point, before, previousLabel, format }: RowInput): TooltipRow[] {
  const rows: TooltipRow[] = [];
  if (point.value !== null) rows.push({ label: title, value: format(point.value), className: 'text-accent' });
  if (before !== undefined && before.value !== null) {
    rows.push({ label: previousLabel, value: format(before.value), className: 'text-control' });
  }
  return rows;
}

function noteOf(point: Point, gaps: readonly Gap[], incompleteDay: string | undefined): string | undefined {
  const reason = gaps.find((gap) => gap.day === point.day)?.reason;
  if (reason !== undefined) return reason;
  if (point.value === null) return 'Not measured';
  return point.day === incompleteDay ? 'Today so far' : undefined;
}
