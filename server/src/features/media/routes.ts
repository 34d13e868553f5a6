import {
  changeMedia, deleteMedia, getMedia, getMediaFile, getMediaPreview, getPublicMedia, listMedia, listMediaUses, reshapeMedia, uploadMedia,
} from '@rookery/contract/media.ts';
import { route, type Route } from '../../platform/http/route.ts';
import type { PublicContext, WorkspaceContext } from '../context.ts';
import { openForm, openPublicForm } from './files.ts';
import { deleteImage, describeImage, listImages, listUses, readImage, reshapeKept, uploadImage } from './service.ts';

export const mediaRoutes: readonly Route<WorkspaceContext>[] = [
  route(uploadMedia, (ctx: WorkspaceContext, { query, stream, signal }) => uploadImage(ctx, { query, stream, signal })),
  route(listMedia, (ctx: WorkspaceContext, { query }) => listImages(ctx, query)),
  route(getMedia, (ctx: WorkspaceContext, { params }) => readImage(ctx, params.mediaId)),
  route(listMediaUses, (ctx: WorkspaceContext, { params }) => listUses(ctx, params.mediaId)),
  route(changeMedia, (ctx: WorkspaceContext, { params, body }) => describeImage(ctx, params.mediaId, body)),
  route(reshapeMedia, (ctx: WorkspaceContext, { params, body }) => reshapeKept(ctx, params.mediaId, body)),
  route(deleteMedia, (ctx: WorkspaceContext, { params }) => deleteImage(ctx, params.mediaId)),
  route(getMediaFile, (ctx: WorkspaceContext, { params, range }) => openForm(ctx, { mediaId: params.mediaId, form: 'file', range })),
  route(getMediaPreview, (ctx: WorkspaceContext, { params }) => openForm(ctx, { mediaId: params.mediaId, form: `preview-${params.size}` })),
];

export const mediaPublicRoutes: readonly Route<PublicContext>[] = [
  route(getPublicMedia, (ctx: PublicContext, { params, range }) => openPublicForm(ctx, params.token, range)),
];
