import type { Post } from '@rookery/contract/posts.ts';
import { Link } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import type { ReactElement } from 'react';

import { Button } from '../../../ui/button.tsx';
import { Menu, MenuItem } from '../../../ui/menu.tsx';

/** Other things to do with the post that is written on. */
export function ComposerMenu({ post, onDelete }: { readonly post: Post; readonly onDelete: () => void }): ReactElement {
  return (
    <Menu trigger={<Button kind="ghost" size="icon" aria-label="More about this post"><Ellipsis size={16} aria-hidden="true" /></Button>} side="top">
      <MenuItem asChild><Link to="/posts/$postId" params={{ postId: 'new' }} search={{ copy: post.id }}>Use the text in a new post</Link></MenuItem>
      <MenuItem isDangerous onSelect={onDelete}>Delete…</MenuItem>
    </Menu>
  );
}
