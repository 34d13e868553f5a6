import { useId, type ReactElement } from 'react';

import { formatCount, formatDay, formatSigned } from '../../platform/format.ts';
import { ChartFrame, LegendItem } from './chart-frame.tsx';
import { ChartReader, ChartTooltip, GapBands, XAxis, YAxis, type Box } from './chart-parts.tsx';
import { bandScale, linearScale, niceTicks } from './scale.ts';
import { describeBalance, measured, type Gap } from './series.ts';
import { useCursor } from './use-chart.ts';

/** One day: what came in above the line, what went out below it; null was not measured. */
export interface BarDay {
  readonly day: string;
  readonly up: number | null;
  readonly down: number | null;
}

export interface BarsProps {
  readonly title: string;
  readonly days: readonly BarDay[];
  readonly upLabel: string;
  readonly downLabel: string;
  readonly gaps?: readonly Gap[];
  /** Today in the workspace's zone: not over yet, so it is drawn lighter with a dotted edge. */
  readonly incompleteDay?: string;
  /** The day that filters something else; it keeps its ground. */
  readonly pickedDay?: string;
  readonly onPick?: (day: string) => void;
  readonly height?: number;
}

const margin = { top: 12, right: 16, bottom: 26, left: 48 } as const;
const barWidthMax = 28;

/** Gains above and losses below one zero line, with signs; never red and green. */
export function Bars(props: BarsProps): ReactElement {
  const { title, days, upLabel, downLabel, gaps = [], height = 260 } = props;
  const reasons = new Map(gaps.map((gap) => [gap.day, gap.reason]));
  const rows = days.map((day) => {
    const note = reasons.get(day.day);
    return { day: day.day, values: [day.up, day.down], ...(note === undefined ? {} : { note }) };
  });
  const legend = (
    <>
      <LegendItem className="text-gain">{upLabel}</LegendItem>
      <LegendItem className="text-loss">{downLabel}</LegendItem>
      {gaps.length > 0 && <span>Hatched: not measured</span>}
    </>
  );
  return (
    <ChartFrame title={title} table={{ columns: [upLabel, downLabel], rows }} height={height} legend={legend}>
      {(width) => <Plot {...props} width={width} height={height} />}
    </ChartFrame>
  );
}

interface BarProps {
  readonly x: number;
  readonly width: number;
  readonly from: number;
  readonly to: number;
  readonly className: string;
  readonly isOpen: boolean;
}

function Bar({ x, width, from, to, className, isOpen }: BarProps): ReactElement | null {
  const height = Math.abs(to - from);
  if (height === 0) return null;
  return (
    <rect
      x={x - width / 2}
      y={Math.min(from, to)}
      width={width}
      height={Math.max(1, height)}
      rx={Math.min(2, width / 4)}
      className={className}
      fill="currentColor"
      fillOpacity={isOpen ? 0.25 : 1}
      stroke={isOpen ? 'currentColor' : 'none'}
      strokeDasharray={isOpen ? '2 2' : undefined}
    />
  );
}

function Plot(props: BarsProps & { readonly width: number; readonly height: number }): ReactElement {
  const { title, days, upLabel, downLabel, gaps = [], incompleteDay, pickedDay, onPick, width, height } = props;
  const hatchId = useId();
  const box: Box = { left: margin.left, right: width - margin.right, top: margin.top, bottom: height - margin.bottom };
  const ups = measured(days.map((day) => day.up));
  const downs = measured(days.map((day) => day.down));
  const ticks = niceTicks(-Math.max(0, ...downs), Math.max(1, ...ups));
  const yOf = linearScale([ticks[0] ?? 0, ticks.at(-1) ?? 1], [box.bottom, box.top]);
  const band = bandScale(days.length, [box.left, box.right]);
  const pick = onPick === undefined ? undefined : (index: number): void => {
    const day = days[index];
    if (day !== undefined) onPick(day.day);
  };
  const cursor = useCursor(days.length, band.indexAt, pick);
  const barWidth = Math.max(1, Math.min(barWidthMax, band.step * 0.64));
  const current = cursor.index === null ? undefined : days[cursor.index];
  const sentence = describeBalance(days, upLabel, downLabel);
  const groundOf = (day: string | undefined, className: string): ReactElement | null => {
    const index = days.findIndex((candidate) => candidate.day === day);
    if (index < 0) return null;
    return <rect x={band.centerOf(index) - band.step / 2} y={box.top} width={band.step} height={box.bottom - box.top} rx="3" className={className} />;
  };
  return (
    <>
      <svg role="img" aria-label={sentence} width={width} height={height} className="block">
        {groundOf(pickedDay, 'fill-accent-soft')}
        {groundOf(current?.day, 'fill-hover')}
        <YAxis box={box} ticks={ticks} yOf={yOf} />
        <XAxis box={box} days={days.map((day) => day.day)} band={band} />
        <GapBands id={hatchId} box={box} days={days.map((day) => day.day)} band={band} gaps={gaps} />
        {days.map((day, index) => (
          <g key={day.day}>
            <Bar x={band.centerOf(index)} width={barWidth} from={yOf(0)} to={yOf(day.up ?? 0)} className="text-gain" isOpen={day.day === incompleteDay} />
            <Bar x={band.centerOf(index)} width={barWidth} from={yOf(0)} to={yOf(-(day.down ?? 0))} className="text-loss" isOpen={day.day === incompleteDay} />
          </g>
        ))}
      </svg>
      <ChartReader
        label={onPick === undefined ? `${title} by day` : `${title} by day. Enter shows only that day`}
        reading={current === undefined ? sentence : readingOf(current, props)}
        count={days.length}
        cursor={cursor}
        canPick={onPick !== undefined}
      />
      {cursor.index !== null && current !== undefined && (
        <ChartTooltip
          x={band.centerOf(cursor.index)}
          width={width}
          day={current.day}
          rows={[
            ...(current.up === null ? [] : [{ label: upLabel, value: formatSigned(current.up), className: 'text-gain' }]),
            ...(current.down === null ? [] : [{ label: downLabel, value: formatSigned(-current.down), className: 'text-loss' }]),
          ]}
          note={noteOf(current, gaps, incompleteDay)}
        />
      )}
    </>
  );
}

function readingOf(day: BarDay, { gaps = [], upLabel, downLabel }: BarsProps): string {
  const name = formatDay(day.day, 'long');
  const reason = gaps.find((gap) => gap.day === day.day)?.reason;
  if (day.up === null && day.down === null) return `${name}: ${reason ?? 'not measured'}`;
  return `${name}: ${formatCount(day.up ?? 0)} ${upLabel.toLowerCase()}, ${formatCount(day.down ?? 0)} ${downLabel.toLowerCase()}`;
}

function noteOf(day: BarDay, gaps: readonly Gap[], incompleteDay: string | undefined): string | undefined {
  const reason = gaps.find((gap) => gap.day === day.day)?.reason;
  if (reason !== undefined) return reason;
  if (day.up === null && day.down === null) return 'Not measured';
  return day.day === incompleteDay ? 'Today so far' : undefined;
}
