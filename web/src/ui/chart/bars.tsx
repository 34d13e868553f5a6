import { useId, type ReactElement } from 'react';

import { formatCount, formatSigned } from '../../platform/format.ts';
import { ChartFrame, LegendItem } from './chart-frame.tsx';
import { axesWidth, boxOf, ChartReader, ChartTooltip, GapBands, XAxis, YAxis } from './chart-parts.tsx';
import { chooseSpan, groupDays, labelOf, spanOf, type BarDay, type BarGroup, type BarSpan } from './group.ts';
import { bandScale, linearScale, niceTicks } from './scale.ts';
import { describeBalance, measured, type Gap } from './series.ts';
import { useCursor } from './use-chart.ts';

/** The first and the last day of something, both included. */
export interface DaySpan {
  readonly from: string;
  readonly to: string;
}

export interface BarsProps {
  readonly title: string;
  readonly days: readonly BarDay[];
  readonly upLabel: string;
  readonly downLabel: string;
  readonly gaps?: readonly Gap[];
  /** Today in the workspace's zone: not over yet, so its bar is drawn lighter with a dotted edge. */
  readonly incompleteDay?: string;
  /** The days that filter something else; their bars keep their ground. */
  readonly picked?: DaySpan;
  readonly onPick?: (days: DaySpan) => void;
  readonly height?: number;
}

const barWidthMax = 28;

/**
 * Gains above and losses below one zero line, with signs; never red and green. A bar is a day, and where days have no room a week
 * or a month: the legend says which.
 */
export function Bars(props: BarsProps): ReactElement {
  const { title, days, upLabel, downLabel, gaps = [], height = 260 } = props;
  const reasons = new Map(gaps.map((gap) => [gap.day, gap.reason]));
  const rows = days.map((day) => {
    const note = reasons.get(day.day);
    return { day: day.day, values: [day.up, day.down], ...(note === undefined ? {} : { note }) };
  });
  const legend = (width: number): ReactElement => {
    const { span, groups } = groupsOf(props, width);
    return (
      <>
        <LegendItem className="text-gain">{upLabel}</LegendItem>
        <LegendItem className="text-loss">{downLabel}</LegendItem>
        {span !== 'day' && <span>Each bar is a {span}</span>}
        {groups.some((group) => group.isGap) && <span>Hatched: not measured</span>}
      </>
    );
  };
  return (
    <ChartFrame title={title} table={{ columns: [upLabel, downLabel], rows }} height={height} legend={legend}>
      {(width) => <Plot {...props} width={width} height={height} />}
    </ChartFrame>
  );
}

/** The bars that there is room for. */
function groupsOf({ days, gaps = [], incompleteDay }: BarsProps, width: number): { span: BarSpan; groups: readonly BarGroup[] } {
  const span = chooseSpan(days.length, width - axesWidth);
  return { span, groups: groupDays(days, { span, gaps, incompleteDay }) };
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
  const { title, days, upLabel, downLabel, picked, onPick, width, height } = props;
  const hatchId = useId();
  const { span, groups } = groupsOf(props, width);
  const ups = measured(groups.map((group) => group.up));
  const downs = measured(groups.map((group) => group.down));
  const ticks = niceTicks(-Math.max(0, ...downs), Math.max(1, ...ups));
  const box = boxOf(ticks, { width, height });
  const yOf = linearScale([ticks[0] ?? 0, ticks.at(-1) ?? 1], [box.bottom, box.top]);
  const band = bandScale(groups.length, [box.left, box.right]);
  const pick = onPick === undefined ? undefined : (index: number): void => {
    const group = groups[index];
    if (group !== undefined) onPick({ from: group.from, to: group.to });
  };
  const cursor = useCursor(groups.length, band.indexAt, pick);
  const barWidth = Math.max(1, Math.min(barWidthMax, band.step * 0.64));
  const current = cursor.index === null ? undefined : groups[cursor.index];
  const sentence = describeBalance(days, upLabel, downLabel);
  const groundOf = (index: number, className: string): ReactElement => (
    <rect
      key={index} x={band.centerOf(index) - band.step / 2} y={box.top} width={band.step} height={box.bottom - box.top}
      rx="3" className={className}
    />
  );
  return (
    <>
      <svg role="img" aria-label={sentence} width={width} height={height} className="block">
        {picked !== undefined && groups.map((group, index) =>
          (group.from <= picked.to && group.to >= picked.from ? groundOf(index, 'fill-accent-soft') : null))}
        {cursor.index !== null && groundOf(cursor.index, 'fill-hover')}
        <YAxis box={box} ticks={ticks} yOf={yOf} />
        <XAxis box={box} labels={groups.map((group) => labelOf(group, span))} band={band} />
        <GapBands id={hatchId} box={box} band={band} slots={groups.flatMap((group, index) => (group.isGap ? [index] : []))} />
        {groups.map((group, index) => (
          <g key={group.from}>
            <Bar
              x={band.centerOf(index)} width={barWidth} from={yOf(0)} to={yOf(group.up ?? 0)}
              className="text-gain" isOpen={group.isOpen}
            />
            <Bar
              x={band.centerOf(index)} width={barWidth} from={yOf(0)} to={yOf(-(group.down ?? 0))}
              className="text-loss" isOpen={group.isOpen}
            />
          </g>
        ))}
      </svg>
      <ChartReader
        label={onPick === undefined ? `${title} by ${span}` : `${title} by ${span}. Enter shows only that ${span}`}
        reading={current === undefined ? sentence : readingOf(current, props)}
        count={groups.length}
        cursor={cursor}
        canPick={onPick !== undefined}
      />
      {cursor.index !== null && current !== undefined && (
        <ChartTooltip
          x={band.centerOf(cursor.index)}
          width={width}
          title={spanOf(current)}
          rows={[
            ...(current.up === null ? [] : [{ label: upLabel, value: formatSigned(current.up), className: 'text-gain' }]),
            ...(current.down === null ? [] : [{ label: downLabel, value: formatSigned(-current.down), className: 'text-loss' }]),
          ]}
          note={current.note}
        />
      )}
    </>
  );
}

function readingOf(group: BarGroup, { upLabel, downLabel }: BarsProps): string {
  if (group.up === null && group.down === null) return `${spanOf(group)}: ${group.note ?? 'not measured'}`;
  const figures = `${formatCount(group.up ?? 0)} ${upLabel.toLowerCase()}, ${formatCount(group.down ?? 0)} ${downLabel.toLowerCase()}`;
  return `${spanOf(group)}: ${figures}${group.note === undefined ? '' : `. ${group.note}`}`;
}
