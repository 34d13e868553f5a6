export { createDemoHandler, type DemoParts } from './build.ts';
export { demoJob } from './jobs.ts';
export { demoRoutes } from './routes.ts';
