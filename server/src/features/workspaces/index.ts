export { openContextOf, openMemberContext, openSystemContext } from './open.ts';
export { peoplePublicRoutes, peopleUserRoutes, workspaceRoutes } from './routes.ts';
export { addWorkspace, listOwnWorkspaces } from './service.ts';
