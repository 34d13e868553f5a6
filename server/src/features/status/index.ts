export { statusPublicRoutes, statusWorkspaceRoutes } from './routes.ts';
