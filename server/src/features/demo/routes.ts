import { createDemo } from '@rookery/contract/demo.ts';
import { route, type Route } from '../../platform/http/route.ts';
import type { UserContext } from '../context.ts';
import { openDemo } from './service.ts';

export const demoRoutes: readonly Route<UserContext>[] = [route(createDemo, (ctx: UserContext) => openDemo(ctx))];
