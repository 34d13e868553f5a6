import type { Endpoint } from '@rookery/contract/endpoint.ts';
import type { RequestFacts, Route, RouteInput } from './route.ts';

/** One call that passed authentication, as the builder of its context sees it. */
export interface Call<Session> {
  readonly endpoint: Endpoint;
  readonly session: Session | null;
  /** Path parameters, checked against the endpoint's schema. */
  readonly params: Readonly<Record<string, string>>;
  readonly facts: RequestFacts;
}

/** A route whose context type is closed over, so that routes with different contexts stand in one list. */
export interface BoundRoute<Session> {
  readonly endpoint: Endpoint;
  /** Decides whether the caller may call (throws an AppError if not) and answers what runs the handler. */
  readonly prepare: (call: Call<Session>) => Promise<(input: RouteInput<Endpoint>) => Promise<unknown>>;
}

export type AccessKind = 'public' | 'user' | 'permission';

interface Binding<Session, Context> {
  /** Every route must have this kind of access: a builder that checks no permission can not be given one that needs it. */
  readonly access: AccessKind;
  readonly routes: readonly Route<Context>[];
  /** Runs before the body is read. Throws `not-found` when the caller is no member, `not-allowed` when the role is too low. */
  readonly buildContext: (call: Call<Session>) => Promise<Context>;
}

/** Binds routes to the builder of their context; throws at start-up when a route's access does not fit. */
export function bindRoutes<Session, Context>(binding: Binding<Session, Context>): BoundRoute<Session>[] {
  return binding.routes.map((route) => {
    const kind = accessKind(route.endpoint);
    if (kind !== binding.access) {
      throw new Error(`Endpoint ${route.endpoint.id} has access "${kind}" and can not be bound as "${binding.access}".`);
    }
    return {
      endpoint: route.endpoint,
      prepare: async (call) => {
        const context = await binding.buildContext(call);
        return (input) => route.handle(context, input);
      },
    };
  });
}

function accessKind(endpoint: Endpoint): AccessKind {
  return endpoint.access === 'public' || endpoint.access === 'user' ? endpoint.access : 'permission';
}
