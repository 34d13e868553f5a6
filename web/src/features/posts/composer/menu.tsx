import type { Post } from '@rookery/contract/posts.ts';
import { useNavigate } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import type { ReactElement } from 'react';

import { refresh } from '../../../platform/query.ts';
import { Button } from '../../../ui/button.tsx';
import { Menu, MenuItem } from '../../../ui/menu.tsx';

/** Other things to do with the post that is written on. */
export function ComposerMenu({ post, save, onDelete }: { readonly post: Post; readonly save: () => Promise<void>; readonly onDelete: () => void }): ReactElement {
  const navigate = useNavigate();
  const duplicate = async (): Promise<void> => {
    // What was typed just now belongs to the copy as well.
    await save();
    await refresh(['getPost']);
    void navigate({ to: '/posts/$postId', params: { postId: 'new' }, search: { copy: post.id }, resetScroll: false });
  };
  return (
    <Menu trigger={<Button kind="ghost" size="icon" aria-label="More about this post"><Ellipsis size={16} aria-hidden="true" /></Button>} side="top">
      <MenuItem onSelect={() => void duplicate()}>Duplicate</MenuItem>
      <MenuItem isDangerous onSelect={onDelete}>Delete…</MenuItem>
    </Menu>
  );
}
