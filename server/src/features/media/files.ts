import { readByteRange } from '../../platform/http/byte-range.ts';
import type { FileReply } from '../../platform/http/route.ts';
import { AppError } from '../../platform/errors.ts';
import type { Db } from '../../platform/db/database.ts';
import { requirePermission, type Services, type WorkspaceContext } from '../context.ts';
import { readToken } from './public-address.ts';
import { findForm, findMediaRow, type FormRow, type MediaRow } from './queries.ts';

/** An image in one of its forms, `file` being the one that is kept, for a member of its workspace. */
export async function openForm(ctx: WorkspaceContext, { mediaId, form, range = null }: { mediaId: string; form: string; range?: string | null }): Promise<FileReply> {
  requirePermission(ctx, 'posts:read');
  const found = await ctx.transaction((db) => findFormRow(db, { workspaceId: ctx.workspace.id, mediaId, form }));
  return openFile(ctx, found, { isImmutable: true, range });
}

/** An image for whoever holds a public address of it that is not over. No permission: the signature of the address is the right. */
export async function openPublicForm(services: Services, token: string, range: string | null = null): Promise<FileReply> {
  const grant = readToken(services, token);
  if (grant === null) throw new AppError('not-found');
  const found = await services.database.withWorkspace(grant.workspaceId, (db) => findFormRow(db, grant));
  return openFile(services, found, { isImmutable: false, range });
}

type StoredForm = FormRow | MediaRow;

/** The row of a form, `file` being the image as it is kept; null when there is none. */
export async function findFormRow(db: Db, { workspaceId, mediaId, form }: { workspaceId: string; mediaId: string; form: string }): Promise<StoredForm | null> {
  return form === 'file' ? db.maybe(findMediaRow, [workspaceId, mediaId]) : db.maybe(findForm, [workspaceId, mediaId, form]);
}

async function openFile(services: Pick<Services, 'blobs'>, found: StoredForm | null, how: { isImmutable: boolean; range: string | null }): Promise<FileReply> {
  const asked = found === null ? null : readByteRange(how.range, found.bytes);
  const stream = found === null ? null : await services.blobs.get(found.stored_as, asked ?? undefined);
  if (found === null || stream === null) throw new AppError('not-found');
  const reply = { type: found.type, stream, bytes: found.bytes, saveAs: null, isImmutable: how.isImmutable, takesRanges: true };
  return asked === null ? reply : { ...reply, bytes: asked.last - asked.first + 1, part: { ...asked, of: found.bytes } };
}
