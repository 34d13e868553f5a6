import type { Post } from '@rookery/contract/posts.ts';
import { getPost } from '@rookery/contract/posts.ts';
import { useEffect, useRef, useState } from 'react';

import { call } from '../../../platform/call.ts';
import { useSession } from '../../../platform/session.ts';
import { useStore } from '../../../platform/store.ts';
import { showProblem, showToast } from '../../../ui/toast.tsx';
import { draftOf, emptyDraft, isBlank, writtenOf, type Draft } from './draft.ts';
import type { SaveState, Saver } from './saver.ts';
import { useSaver } from './use-saver.ts';

export interface DraftOptions {
  /** The post that is written on; null for a new one. */
  readonly post: Post | null;
  readonly start: Draft;
  /** It holds words of an earlier visit that were never saved. */
  readonly isRestored: boolean;
  readonly onCreated: (postId: string) => void;
}

export interface DraftInHand {
  readonly draft: Draft;
  readonly change: (edit: (draft: Draft) => Draft) => void;
  readonly saver: Saver;
  readonly state: SaveState;
  /** After a conflict: overwrites what the other person wrote. */
  readonly keepMine: () => Promise<void>;
  /** After a conflict: shows what the other person wrote; what was typed here comes back with "Undo". */
  readonly takeTheirs: () => Promise<void>;
  /** Leaves the words of the earlier visit and shows what is saved. */
  readonly dropRestored: (() => void) | null;
}

/** The words in hand and their saving: nothing that was typed is lost, whoever else writes on the post. */
export function useDraft({ post, start, isRestored, onCreated }: DraftOptions): DraftInHand {
  const { workspace } = useSession();
  const saver = useSaver(post, onCreated);
  const state = useStore(saver.state);
  const [draft, setDraft] = useState(start);
  const [canDrop, setCanDrop] = useState(isRestored);

  // Two changes may come before the next drawing: the second builds on the first.
  const latestDraft = useRef(start);
  const show = (next: Draft): void => {
    latestDraft.current = next;
    setDraft(next);
  };
  const put = (next: Draft): void => {
    show(next);
    if (saver.post() === null && isBlank(next)) saver.forget();
    else saver.change(writtenOf(next));
  };
  const change = (edit: (before: Draft) => Draft): void => put(edit(latestDraft.current));

  useEffect(() => {
    // What an earlier visit left is as unsaved as what is typed now.
    if (isRestored) saver.change(writtenOf(start));
    // oxlint-disable-next-line react/exhaustive-deps -- once, with what the composer was opened with
  }, [saver]);
  useEffect(() => {
    const known = saver.post();
    const isQuiet = state.kind === 'clean' || state.kind === 'saved';
    if (post === null || known === null || post.id !== known.id || post.version <= known.version || !isQuiet) return;
    // Somebody else changed it while nothing was typed here: show theirs.
    saver.settle(post, null);
    latestDraft.current = draftOf(post);
    setDraft(latestDraft.current);
  }, [post, state, saver]);

  const readLatest = async (): Promise<Post | null> => {
    const known = saver.post();
    if (known === null) return null;
    try {
      return (await call(getPost, { params: { workspaceId: workspace.workspaceId, postId: known.id } })).post;
    } catch {
      showProblem('The other version could not be loaded. Try again.');
      return null;
    }
  };
  const keepMine = async (): Promise<void> => {
    const latest = await readLatest();
    if (latest !== null) saver.settle(latest, writtenOf(draft));
  };
  const takeTheirs = async (): Promise<void> => {
    const latest = await readLatest();
    if (latest === null) return;
    const mine = draft;
    saver.settle(latest, null);
    show(draftOf(latest));
    showToast('This is the other version now', { label: 'Undo', run: () => put(mine) }, 30_000);
  };
  const dropRestored = (): void => {
    setCanDrop(false);
    saver.forget();
    const known = saver.post();
    show(known === null ? emptyDraft(draft.targets.map(({ accountId }) => accountId)) : draftOf(known));
  };
  return { draft, change, saver, state, keepMine, takeTheirs, dropRestored: canDrop ? dropRestored : null };
}
