export { createDemoHandler } from './build.ts';
export { demoJob } from './jobs.ts';
export { demoRoutes } from './routes.ts';
