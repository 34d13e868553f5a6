import type { CommentKind } from '@rookery/contract/comments.ts';
import type { Db } from '../../platform/db/database.ts';
import { createId } from '../../platform/id.ts';
import type { WorkspaceContext } from '../context.ts';
import { insertComment } from './comment-queries.ts';

/** Adds what a member wrote or decided to the thread of a post; answers its id. */
export async function addToThread(db: Db, ctx: WorkspaceContext, entry: { postId: string; kind: CommentKind; text: string }): Promise<string> {
  const now = ctx.clock.now();
  const id = createId(now.getTime());
  await db.run(insertComment, [ctx.workspace.id, id, entry.postId, entry.kind, ctx.actor.id, ctx.actor.name, null, entry.text, null, now]);
  return id;
}
