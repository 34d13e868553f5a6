import { createPost, updatePost, type Post } from '@rookery/contract/posts.ts';
import { useEffect, useState } from 'react';

import { call } from '../../../platform/call.ts';
import { useSession } from '../../../platform/session.ts';
import { keepCopy } from './local-copy.ts';
import { createSaver, type Saver } from './saver.ts';

/** The saver of one composer, from the post it was opened with. `onCreated`, as given first, hears of the first save of a new post. */
export function useSaver(opened: Post | null, onCreated: (postId: string) => void): Saver {
  const { workspace } = useSession();
  const { workspaceId } = workspace;
  const [saver] = useState(() => {
    let postId = opened?.id ?? null;
    return createSaver({
      post: opened,
      create: async (body) => (await call(createPost, { params: { workspaceId }, body })).post,
      update: async (id, body) => (await call(updatePost, { params: { workspaceId, postId: id }, body })).post,
      keep: (written, version) => keepCopy({ workspaceId, postId: postId ?? 'new' }, written === null ? null : { written, version }),
      onSaved: (post) => {
        if (postId !== null) return;
        // What was typed since then is kept under the post's own id from now on.
        postId = post.id;
        keepCopy({ workspaceId, postId: 'new' }, null);
        onCreated(post.id);
      },
      newKey: () => crypto.randomUUID(),
    });
  });
  useEffect(() => {
    saver.open();
    return saver.dispose;
  }, [saver]);
  return saver;
}
