import type { ImportRow } from '@rookery/contract/post-import.ts';
import { Link } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';

import { formatCount, formatPlural, formatWall } from '../../../platform/format.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Chip } from '../../../ui/chip.tsx';
import { NetworkMark } from '../../../ui/network-mark.tsx';
import { wordsOf } from './words.ts';

function Problems({ row }: { readonly row: ImportRow }): ReactElement | null {
  if (row.problems.length === 0) return null;
  return (
    <ul className="mt-1 flex flex-col gap-0.5 text-caption">
      {row.problems.map(({ column, code, message, isBlocking }) => (
        <li key={`${code} ${column ?? ''} ${message}`} className={isBlocking ? 'text-warning' : 'text-muted'}>
          {column !== null && column !== '' && <span className="font-medium">{column}: </span>}{message}
        </li>
      ))}
    </ul>
  );
}

function Row({ row }: { readonly row: ImportRow }): ReactElement {
  const { word, tone, shape } = wordsOf(row);
  const words = row.text === '' ? 'No words' : row.text;
  return (
    <li className="grid grid-cols-[2.5rem_1fr] gap-x-3 px-5 py-2.5 max-sm:px-4 md:grid-cols-[2.5rem_8rem_11rem_1fr]">
      <span className="text-caption text-faint tabular"><span className="sr-only">Row </span>{row.row}</span>
      <span><Badge tone={tone} shape={shape}>{word}</Badge></span>
      <span className="col-start-2 min-w-0 text-caption text-muted md:col-start-3">
        <span className="block tabular">{row.wallTime === null ? 'No time' : formatWall(row.wallTime)}</span>
        {row.accounts.map(({ network, handle }) => (
          <span key={`${network}:${handle}`} className="flex min-w-0 items-center gap-1.5"><NetworkMark network={network} size={12} /><span className="truncate">{handle}</span></span>
        ))}
      </span>
      <div className="col-start-2 min-w-0 md:col-start-4">
        <p className="line-clamp-2 wrap-anywhere">
          {row.postId === null ? words : <Link to="/posts/$postId" params={{ postId: row.postId }} className="text-accent hover:underline">{words}</Link>}
        </p>
        {(row.parts > 1 || row.labels.length > 0) && (
          <p className="text-caption text-muted">{[...(row.parts > 1 ? [`Thread of ${row.parts}`] : []), ...row.labels].join(' · ')}</p>
        )}
        <Problems row={row} />
      </div>
    </li>
  );
}

/** The rows of a file with what becomes of each; those that need somebody can be seen alone. */
export function ImportRows({ rows }: { readonly rows: readonly ImportRow[] }): ReactElement {
  const [isNarrow, setIsNarrow] = useState(false);
  const needy = rows.filter(({ problems }) => problems.length > 0);
  const shown = isNarrow && needy.length > 0 ? needy : rows;
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-2 px-5 pb-3 max-sm:px-4">
        <p className="text-caption text-muted tabular">{formatPlural(rows.length, 'row')}</p>
        {needy.length > 0 && <Chip isOn={isNarrow} onToggle={() => setIsNarrow(!isNarrow)} count={formatCount(needy.length)}>With a remark</Chip>}
      </div>
      <ul aria-label="Rows of the file" className="divide-y divide-line border-t border-line">
        {shown.map((row) => <Row key={row.row} row={row} />)}
      </ul>
    </>
  );
}
