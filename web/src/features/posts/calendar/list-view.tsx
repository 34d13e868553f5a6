import { Ellipsis } from 'lucide-react';
import { useState, type MouseEvent, type ReactElement } from 'react';
import { wallTimeOf } from '@rookery/contract/wall-time.ts';

import { formatPlural, formatWall } from '../../../platform/format.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { Card } from '../../../ui/card.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { Menu, MenuItem } from '../../../ui/menu.tsx';
import { NetworkMark } from '../../../ui/network-mark.tsx';
import { Table, Td, Th, Tr } from '../../../ui/table.tsx';
import { lineOf, networksOf, type CalendarPost } from '../calendar-post.ts';
import { wordsOf } from '../states.ts';
import { useCalendarActions } from './actions.ts';

const rowsStep = 100;
const handlesMax = 2;

function describeAccounts(accounts: CalendarPost['accounts']): string {
  const names = accounts.slice(0, handlesMax).map(({ handle }) => `@${handle.replace(/^@/, '')}`);
  return accounts.length > handlesMax ? `${names.join(', ')} and ${accounts.length - handlesMax} more` : names.join(', ');
}

function Accounts({ post }: { readonly post: CalendarPost }): ReactElement {
  if (post.accounts.length === 0) return <span className="text-faint">No account yet</span>;
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <span className="flex shrink-0 gap-1">{networksOf(post).map(({ network }) => <NetworkMark key={network} network={network} size={12} />)}</span>
      <span className="truncate max-md:sr-only">{describeAccounts(post.accounts)}</span>
    </span>
  );
}

function PostRow({ post, zone, isMoving }: { readonly post: CalendarPost; readonly zone: string; readonly isMoving: boolean }): ReactElement {
  const { open, duplicate, askMove, askDelete, canWrite } = useCalendarActions();
  const state = wordsOf(post);
  const time = post.dueAt === null ? null : formatWall(wallTimeOf(new Date(post.dueAt), zone));
  const follow = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    open(post.id);
  };
  return (
    <Tr isLink data-post={post.id}>
      <Td className="whitespace-nowrap tabular max-sm:whitespace-normal">{time ?? <span className="text-faint">No time yet</span>}</Td>
      <Td className="max-w-0 w-full">
        <a href={`/posts/${post.id}`} onClick={follow} data-row-link className="block truncate font-medium">{lineOf(post)}</a>
        {post.labels.length > 0 && <span className="block truncate text-caption text-muted">{post.labels.join(', ')}</span>}
      </Td>
      <Td className="max-w-56"><Accounts post={post} /></Td>
      <Td><Badge tone={state.tone} shape={state.shape}>{isMoving ? 'Saving' : state.word}</Badge></Td>
      <Td align="end">
        <Menu
          trigger={(
            <button type="button" aria-label={`Actions for ${lineOf(post)}`} className="relative z-1 grid size-7 place-items-center rounded-small text-muted hover:bg-hover hover:text-ink pointer-coarse:size-11">
              <Ellipsis size={16} aria-hidden="true" />
            </button>
          )}
        >
          <MenuItem onSelect={() => open(post.id)}>Open</MenuItem>
          {canWrite && post.isMovable && <MenuItem onSelect={() => askMove(post)}>Move to…</MenuItem>}
          {canWrite && <MenuItem onSelect={() => duplicate(post.id)}>Duplicate</MenuItem>}
          {canWrite && <MenuItem isDangerous onSelect={() => askDelete(post)}>Delete…</MenuItem>}
        </Menu>
      </Td>
    </Tr>
  );
}

export interface ListViewProps {
  readonly posts: readonly CalendarPost[];
  readonly zone: string;
  readonly movingIds: ReadonlySet<string>;
  /** Why nothing is there: "No drafts.", "Nothing is planned in November 2026." */
  readonly emptyWords: string;
}

/** Posts as a table. */
export function ListView({ posts, zone, movingIds, emptyWords }: ListViewProps): ReactElement {
  const [rowsMax, setRowsMax] = useState(rowsStep);
  const { write, canWrite } = useCalendarActions();
  if (posts.length === 0) {
    return <Card><Empty action={canWrite ? <Button kind="primary" onClick={() => write()}>New post</Button> : undefined}>{emptyWords}</Empty></Card>;
  }
  return (
    <Card isFlush>
      <Table label="Posts">
        <thead>
          <tr><Th>Time</Th><Th>Post</Th><Th>Accounts</Th><Th>State</Th><Th><span className="sr-only">Actions</span></Th></tr>
        </thead>
        <tbody>
          {posts.slice(0, rowsMax).map((post) => <PostRow key={post.id} post={post} zone={zone} isMoving={movingIds.has(post.id)} />)}
        </tbody>
      </Table>
      {posts.length > rowsMax && (
        <div className="flex justify-center border-t border-line p-3">
          <Button onClick={() => setRowsMax(rowsMax + rowsStep)}>Show {formatPlural(Math.min(rowsStep, posts.length - rowsMax), 'more post', 'more posts')} of {posts.length - rowsMax}</Button>
        </div>
      )}
    </Card>
  );
}
