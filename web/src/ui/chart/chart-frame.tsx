import { Download, Table2 } from 'lucide-react';
import { useState, type ReactElement, type ReactNode } from 'react';

import { formatCount, formatDay } from '../../platform/format.ts';
import { Button } from '../button.tsx';
import { toCsv } from './series.ts';
import { useWidth } from './use-chart.ts';

export interface ChartTable {
  /** Names of the columns after the day. */
  readonly columns: readonly string[];
  readonly rows: readonly { readonly day: string; readonly values: readonly (number | null)[]; readonly note?: string }[];
}

interface ChartFrameProps {
  readonly title: string;
  readonly table: ChartTable;
  readonly height: number;
  /** Of the width that is drawn: what a bar stands for may depend on it. */
  readonly legend: (width: number) => ReactNode;
  readonly children: (width: number) => ReactNode;
}

function saveCsv(title: string, table: ChartTable): void {
  const rows = table.rows.map((row) => [row.day, ...row.values, row.note ?? '']);
  const blob = new Blob([toCsv(['Day', ...table.columns, 'Note'], rows)], { type: 'text/csv' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = `${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

function DataTable({ title, table, height }: Pick<ChartFrameProps, 'title' | 'table' | 'height'>): ReactElement {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reachable by keyboard
    <div className="overflow-auto" style={{ maxHeight: height }} tabIndex={0} role="group" aria-label={`${title} as a table`}>
      <table className="w-full text-left text-caption">
        <thead>
          <tr className="text-muted *:sticky *:top-0 *:bg-surface *:py-1.5 *:font-medium">
            <th scope="col">Day</th>
            {table.columns.map((column) => <th key={column} scope="col" className="text-right">{column}</th>)}
          </tr>
        </thead>
        <tbody>
          {table.rows.toReversed().map((row) => (
            <tr key={row.day} className="border-t border-line *:py-1.5">
              <th scope="row" className="font-normal">{formatDay(row.day, 'long')}</th>
              {row.values.map((value, index) => (
                <td key={table.columns[index]} className="text-right">
                  {value === null ? <span className="text-faint">{row.note ?? 'not measured'}</span> : formatCount(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What every chart has around it: its measured width, the same data as a table, and CSV. */
export function ChartFrame({ title, table, height, legend, children }: ChartFrameProps): ReactElement {
  const { ref, width } = useWidth();
  const [isTable, setIsTable] = useState(false);
  return (
    <figure className="flex min-w-0 flex-col gap-1">
      <div ref={ref} className="relative min-w-0" style={{ minHeight: height }}>
        {isTable ? <DataTable title={title} table={table} height={height} /> : width > 0 && children(width)}
      </div>
      <figcaption className="flex min-h-7 flex-wrap items-center justify-between gap-2 text-axis text-muted">
        <span className="flex flex-wrap items-center gap-x-4 gap-y-1">{!isTable && width > 0 && legend(width)}</span>
        <span className="-ml-2.5 flex gap-1">
          {isTable && (
            <Button kind="ghost" size="small" onClick={() => saveCsv(title, table)}>
              <Download size={14} aria-hidden="true" /> CSV
            </Button>
          )}
          <Button
            kind="ghost" size="small" aria-pressed={isTable} onClick={() => setIsTable(!isTable)}
            aria-label={isTable ? `Show chart: ${title}` : `Show as table: ${title}`}
          >
            <Table2 size={14} aria-hidden="true" /> {isTable ? 'Show chart' : 'Show as table'}
          </Button>
        </span>
      </figcaption>
    </figure>
  );
}

interface LegendItemProps {
  readonly children: ReactNode;
  readonly className: string;
  readonly isDashed?: boolean;
}

/** One entry of a legend: a short stroke as it is drawn, and its word. */
export function LegendItem({ children, className, isDashed = false }: LegendItemProps): ReactElement {
  return (
    <span className="inline-flex items-center gap-1.5">
      <svg width="14" height="6" aria-hidden="true" className={className}>
        <line
          x1="0" y1="3" x2="14" y2="3" stroke="currentColor"
          strokeWidth={isDashed ? 1.5 : 2} strokeDasharray={isDashed ? '4 3' : undefined}
        />
      </svg>
      {children}
    </span>
  );
}
