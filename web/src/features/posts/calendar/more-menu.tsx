import { exportCalendar, exportPosts } from '@rookery/contract/post-files.ts';
import { Link } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import { lazy, Suspense, useState, type ReactElement } from 'react';

import { urlOf } from '../../../platform/call.ts';
import { useCan, useSession } from '../../../platform/session.ts';
import { Button } from '../../../ui/button.tsx';
import { Menu, MenuItem, MenuLine } from '../../../ui/menu.tsx';
import type { PostsQuery } from '../use-posts.ts';

const FeedDialog = lazy(async () => ({ default: (await import('../feed-dialog.tsx')).FeedDialog }));

/** What is done with many posts at once: in from a file, out as one, and the addresses for calendar programs. */
export function MoreMenu({ query }: { readonly query: PostsQuery }): ReactElement {
  const { workspace } = useSession();
  const canWrite = useCan('posts:write');
  const [isOpen, setIsOpen] = useState(false);
  const params = { workspaceId: workspace.workspaceId };
  const { account } = query;
  return (
    <>
      <Menu trigger={<Button kind="ghost" size="icon" aria-label="Import and export"><Ellipsis size={18} aria-hidden="true" /></Button>}>
        {canWrite && <MenuItem asChild><Link to="/calendar/import">Import posts</Link></MenuItem>}
        {canWrite && <MenuLine />}
        <MenuItem asChild><a href={urlOf(exportPosts, { params, query: { ...query } })} download>Export these posts as CSV</a></MenuItem>
        <MenuItem asChild><a href={urlOf(exportPosts, { params })} download>Export all posts as CSV</a></MenuItem>
        <MenuItem asChild><a href={urlOf(exportCalendar, { params, query: { account } })} download>Download a calendar file (ICS)</a></MenuItem>
        <MenuLine />
        <MenuItem onSelect={() => setIsOpen(true)}>Calendar feed (ICS) …</MenuItem>
      </Menu>
      <Suspense fallback={null}>{isOpen && <FeedDialog onClose={() => setIsOpen(false)} />}</Suspense>
    </>
  );
}
