import { clsx } from 'clsx';
import type { ReactElement } from 'react';

import { formatSigned } from '../platform/format.ts';

export interface DeltaProps {
  readonly value: number;
  /** The comparison in words: "vs previous 30 days". */
  readonly versus?: string;
  readonly format?: (value: number) => string;
}

/** A change as arrow, sign and figure; a fall is not an error, so it is not red. */
export function Delta({ value, versus, format = formatSigned }: DeltaProps): ReactElement {
  const tone = value > 0 ? 'text-gain' : value < 0 ? 'text-loss' : 'text-muted';
  return (
    <span className="inline-flex items-baseline gap-1 text-caption tabular">
      <span className={clsx('font-medium', tone)}>
        {value !== 0 && <span aria-hidden="true" className="mr-0.5 text-[0.625rem]">{value > 0 ? '▲' : '▼'}</span>}
        {format(value)}
      </span>
      {versus !== undefined && <span className="text-faint">{versus}</span>}
    </span>
  );
}
