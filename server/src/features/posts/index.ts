export { startPublisher } from './publish/publisher.ts';
export { standardTimes, type PublishTimes } from './publish/times.ts';
export { postRoutes } from './routes.ts';
