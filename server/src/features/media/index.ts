export { openForm } from './files.ts';
export { cleanFileName } from './clean-name.ts';
export { loadPublishMedia } from './publish-images.ts';
export { mediaPublicRoutes, mediaRoutes } from './routes.ts';
export { findMedia, requireMedia } from './service.ts';
export { enqueueSweep, sweepJob, sweepLibraries, sweepUploads } from './sweep.ts';
