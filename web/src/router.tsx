import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';

import { parseAccountSearch, parseConnectSearch } from './features/accounts/search.ts';
import { parseAudienceSearch } from './features/audience/search.ts';
import { parseAuditSearch } from './features/audit/search.ts';
import { linkTokenIn } from './features/auth/link-token.ts';
import { parseDashboardSearch } from './features/dashboard/search.ts';
import { parseImportSearch } from './features/imports/search.ts';
import { parseMediaSearch } from './features/media/search.ts';
import { parseCalendarSearch, parsePostSearch } from './features/posts/search.ts';
import { RouteError, RouteMissing, RoutePending } from './features/shell/route-states.tsx';
import { queryClient } from './platform/query.ts';
import { parseSearch, stringifySearch, textParam, type RawSearch } from './platform/search-params.ts';
import { bootstrapQuery } from './platform/session.ts';

const rootRoute = createRootRoute({ notFoundComponent: RouteMissing });

/** Only paths of our own: a link must not send people to another site after signing in. */
function parseReturn(raw: RawSearch): { to?: string } {
  const to = textParam(raw, 'to', 2000);
  return to !== undefined && /^\/(?![/\\])/.test(to) ? { to } : {};
}

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: parseReturn,
  component: lazyRouteComponent(() => import('./features/auth/sign-in.tsx'), 'SignIn'),
});

const welcomeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/welcome',
  component: lazyRouteComponent(() => import('./features/auth/welcome.tsx'), 'Welcome'),
});

/** For people without an account: the token is in the fragment, which browsers keep to themselves. */
const reviewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/review',
  component: lazyRouteComponent(() => import('./features/review/review.tsx'), 'ReviewPage'),
});

/** All that needs a signed-in user. Links with a token (`/#invite=…`, `/#setup=…`) go to the welcome screen first. */
const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'app',
  beforeLoad: async ({ location }) => {
    if (linkTokenIn(location.hash) !== null) redirect({ to: '/welcome', hash: location.hash, replace: true, throw: true });
    const bootstrap = await queryClient.ensureQueryData(bootstrapQuery);
    if (bootstrap.user !== null) return;
    if (bootstrap.instance.signUp === 'first') redirect({ to: '/welcome', replace: true, throw: true });
    redirect({ to: '/sign-in', search: location.href === '/' ? {} : { to: location.href }, replace: true, throw: true });
  },
  component: lazyRouteComponent(() => import('./features/shell/shell.tsx'), 'Shell'),
});

const dashboardRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/',
  validateSearch: parseDashboardSearch,
  component: lazyRouteComponent(() => import('./features/dashboard/dashboard.tsx'), 'Dashboard'),
});

const audienceRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/audience',
  validateSearch: parseAudienceSearch,
  component: lazyRouteComponent(() => import('./features/audience/audience.tsx'), 'Audience'),
});

/** The calendar, and a post over it: one screen, so that the calendar stays as it is under a post that was opened from it. */
const postsRoute = createRoute({
  getParentRoute: () => appRoute,
  id: 'posts',
  component: lazyRouteComponent(() => import('./features/posts/posts.tsx'), 'Posts'),
});

const calendarRoute = createRoute({
  getParentRoute: () => postsRoute,
  path: '/calendar',
  validateSearch: parseCalendarSearch,
  // Fetched beside the screen around it, not after it.
  loader: () => void import('./features/posts/calendar/calendar.tsx'),
});

const importPostsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/calendar/import',
  component: lazyRouteComponent(() => import('./features/posts/import/import-posts.tsx'), 'ImportPosts'),
});

const postRoute = createRoute({
  getParentRoute: () => postsRoute,
  path: '/posts/$postId',
  validateSearch: parsePostSearch,
  loader: () => void import('./features/posts/post.tsx'),
});

const seriesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/series',
  component: lazyRouteComponent(() => import('./features/posts/series/series-list.tsx'), 'SeriesList'),
});

const approvalsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/approvals',
  component: lazyRouteComponent(() => import('./features/posts/approvals.tsx'), 'Approvals'),
});

const queueRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/queue',
  component: lazyRouteComponent(() => import('./features/slots/queue.tsx'), 'Queue'),
});

const accountsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/accounts',
  component: lazyRouteComponent(() => import('./features/accounts/accounts.tsx'), 'Accounts'),
});

const connectRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/accounts/connect',
  validateSearch: parseConnectSearch,
  component: lazyRouteComponent(() => import('./features/accounts/connect.tsx'), 'ConnectAccount'),
});

const accountRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/accounts/$accountId',
  validateSearch: parseAccountSearch,
  component: lazyRouteComponent(() => import('./features/accounts/account.tsx'), 'AccountDetail'),
});

const mediaRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/media',
  validateSearch: parseMediaSearch,
  component: lazyRouteComponent(() => import('./features/media/media.tsx'), 'MediaLibrary'),
});

const importRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/import',
  validateSearch: parseImportSearch,
  component: lazyRouteComponent(() => import('./features/imports/imports.tsx'), 'Imports'),
});

const teamRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/team',
  component: lazyRouteComponent(() => import('./features/team/team.tsx'), 'Team'),
});

const auditRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/audit',
  validateSearch: parseAuditSearch,
  component: lazyRouteComponent(() => import('./features/audit/audit.tsx'), 'AuditLog'),
});

const settingsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/settings',
  beforeLoad: () => {
    redirect({ to: '/settings/$section', params: { section: 'workspace' }, replace: true, throw: true });
  },
});

const settingsSectionRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/settings/$section',
  component: lazyRouteComponent(() => import('./features/settings/settings.tsx'), 'Settings'),
});

const routeTree = rootRoute.addChildren([
  signInRoute,
  welcomeRoute,
  reviewRoute,
  appRoute.addChildren([
    dashboardRoute, postsRoute.addChildren([calendarRoute, postRoute]), seriesRoute, importPostsRoute, queueRoute, audienceRoute, approvalsRoute, accountsRoute,
    connectRoute, accountRoute, mediaRoute, importRoute, teamRoute, auditRoute, settingsRoute, settingsSectionRoute,
  ]),
]);

/** Every address of the app. Each screen is its own chunk, fetched when a link to it is hovered or focused. */
export const router = createRouter({
  routeTree,
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultPendingMs: 200,
  defaultPendingMinMs: 400,
  defaultPendingComponent: RoutePending,
  defaultErrorComponent: RouteError,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
