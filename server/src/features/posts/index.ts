export { createPostHandlers, enqueueDueSeries, enqueueZoneFollowing, postJobs } from './jobs.ts';
export { enqueueDueReadings } from './metrics/jobs.ts';
export { startPublisher } from './publish/publisher.ts';
export { standardTimes, type PublishTimes } from './publish/times.ts';
export { workOnTarget } from './publish/work.ts';
export { postPublicRoutes, postRoutes } from './routes.ts';
export { writePost } from './service.ts';
