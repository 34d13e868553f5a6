import { clsx } from 'clsx';
import { Clock, Ellipsis, Repeat } from 'lucide-react';
import { memo, type MouseEvent, type ReactElement } from 'react';

import { formatWall } from '../../../platform/format.ts';
import { Menu, MenuItem } from '../../../ui/menu.tsx';
import { NetworkMark } from '../../../ui/network-mark.tsx';
import { StateMark } from '../../../ui/badge.tsx';
import { lineOf, networksOf } from '../calendar-post.ts';
import { stateWords } from '../states.ts';
import { useCalendarActions } from './actions.ts';
import type { PlacedPost } from './grid-layout.ts';

const marksMax = 4;
/** More of a single line is never seen, and a month has many. */
const shortLength = 48;
const toneText = {
  neutral: 'text-muted', accent: 'text-accent', success: 'text-success', warning: 'text-warning', danger: 'text-danger', info: 'text-info',
} as const;

export interface ChipProps {
  readonly entry: PlacedPost;
  /** Lines of text before the line with time and state. */
  readonly lines: 1 | 2;
  /** Offers its menu: the chip under the pointer or with focus. */
  readonly isActive?: boolean;
  /** Its new time is on its way to the server. */
  readonly isMoving?: boolean;
  /** Being dragged now. */
  readonly isLifted?: boolean;
}

function ChipMenu({ entry }: { readonly entry: PlacedPost }): ReactElement {
  const { open, duplicate, askMove, askDelete, canWrite } = useCalendarActions();
  return (
    <Menu
      trigger={(
        <button type="button" aria-label={`Actions for ${lineOf(entry.post)}`} className="absolute top-0.5 right-0.5 grid size-6 place-items-center rounded-small bg-surface text-muted opacity-0 ring-1 ring-line group-focus-within/chip:opacity-100 group-hover/chip:opacity-100 hover:text-ink data-[state=open]:opacity-100 pointer-coarse:size-11 pointer-coarse:opacity-100">
          <Ellipsis size={14} aria-hidden="true" />
        </button>
      )}
    >
      <MenuItem onSelect={() => open(entry.post.id)}>Open</MenuItem>
      {canWrite && entry.post.isMovable && <MenuItem onSelect={() => askMove(entry.post)}>Move to…</MenuItem>}
      {canWrite && <MenuItem onSelect={() => duplicate(entry.post.id)}>Duplicate</MenuItem>}
      {canWrite && <MenuItem isDangerous onSelect={() => askDelete(entry.post)}>Delete…</MenuItem>}
    </Menu>
  );
}

/** One post: an edge by state, its text, then time, networks and the state as a word. */
export const PostChip = memo(function PostChip({ entry, lines, isActive = false, isMoving = false, isLifted = false }: ChipProps): ReactElement {
  const { post, wallTime } = entry;
  const { open } = useCalendarActions();
  const state = stateWords[post.state];
  const networks = networksOf(post);
  const follow = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    open(post.id);
  };
  return (
    <div
      data-post={post.id}
      className={clsx('group/chip relative h-full min-w-0 rounded-small border border-l-3 border-line bg-surface text-caption select-none hover:border-control', state.edge, isLifted && 'opacity-40')}
    >
      <a href={`/posts/${post.id}`} draggable={false} onClick={follow} className="flex h-full min-w-0 flex-col gap-0.5 rounded-small px-1.5 py-0.5 focus-visible:-outline-offset-2">
        <span className={clsx(lines === 1 ? 'truncate' : 'line-clamp-2 min-w-0 wrap-anywhere', post.state === 'draft' && 'text-muted')}>{lines === 1 ? lineOf(post).slice(0, shortLength) : lineOf(post)}</span>
        <span className="mt-auto flex min-w-0 items-center gap-1 overflow-hidden text-axis text-muted">
          <span className="shrink-0 font-medium tabular">{formatWall(wallTime, 'time')}</span>
          {post.isRepeated && <Repeat size={10} role="img" aria-label="Part of a series" className="shrink-0" />}
          {isMoving && <Clock size={11} aria-hidden="true" className="shrink-0" />}
          <span className={clsx('flex shrink-0 items-center gap-0.5', toneText[state.tone])}><StateMark shape={state.shape} />{isMoving ? 'Saving' : state.word}</span>
          {networks.length > 0 && <span role="img" aria-label={networks.map(({ networkName }) => networkName).join(', ')} className="ml-auto flex h-2.5 min-w-0 flex-wrap items-center justify-end gap-x-1 overflow-hidden">
            {networks.slice(0, marksMax).map(({ network }) => <NetworkMark key={network} network={network} size={10} />)}
          </span>}
        </span>
      </a>
      {isActive && <ChipMenu entry={entry} />}
    </div>
  );
});
