export { loadPublishImages } from './publish-images.ts';
export { mediaPublicRoutes, mediaRoutes } from './routes.ts';
export { requireMedia } from './service.ts';
export { sweepUploads } from './sweep.ts';
