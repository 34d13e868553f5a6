import type { Endpoint, ReplyOf } from '@rookery/contract/endpoint.ts';
import {
  QueryCache,
  QueryClient,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryKey,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query';

import { ApiError } from './api-error.ts';
import { call, type CallInput } from './call.ts';

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: ApiError;
  }
}

const lastingCodes: ReadonlySet<string> = new Set(['offline', 'unavailable', 'internal', 'network-failed']);

function isWorthRetrying(failureCount: number, error: unknown): boolean {
  return failureCount < 2 && error instanceof ApiError && lastingCodes.has(error.code);
}

/** The cache of server state. A session that ended is noticed by any query and answered by asking who we are. */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError(error, query) {
      if (error.code === 'not-signed-in' && query.queryKey[0] !== 'getBootstrap') void refresh(['getBootstrap']);
    },
  }),
  defaultOptions: {
    queries: { staleTime: 30_000, retry: isWorthRetrying, refetchOnWindowFocus: true },
  },
});

/** Refetches what is on screen of the named endpoints, and marks the rest as old. */
export async function refresh(endpointIds: readonly string[]): Promise<void> {
  await queryClient.invalidateQueries({ predicate: (query) => endpointIds.includes(String(query.queryKey[0])) });
}

/** The cache entry of a call: its key is the endpoint's id and the input. Use it with `useQuery` or to preload. */
export function queryOf<E extends Endpoint>(endpoint: E, input: CallInput<E>) {
  return queryOptions<ReplyOf<E>, ApiError>({
    queryKey: [endpoint.id, input] satisfies QueryKey,
    queryFn: ({ signal }) => call(endpoint, input, { signal }),
  });
}

export interface UseCallOptions {
  /** False waits: for example for a choice that has not been made. */
  readonly enabled?: boolean;
  /** Shows the previous answer, dimmed by the caller, while a new input loads. */
  readonly keepsPrevious?: boolean;
  /** Asks again after this many milliseconds; false stops. */
  readonly refetchMs?: number | false;
}

/** Reads an endpoint and keeps the answer fresh by live events. */
export function useCall<E extends Endpoint>(endpoint: E, input: CallInput<E>, options: UseCallOptions = {}): UseQueryResult<ReplyOf<E>, ApiError> {
  return useQuery({
    ...queryOf(endpoint, input),
    enabled: options.enabled ?? true,
    refetchInterval: options.refetchMs ?? false,
    ...(options.keepsPrevious === true ? { placeholderData: keepPreviousData } : {}),
  });
}

/** Writes through an endpoint; afterwards the named endpoints are read again. */
export function useSend<E extends Endpoint>(
  endpoint: E,
  refreshes: readonly string[] = [],
): UseMutationResult<ReplyOf<E>, ApiError, CallInput<E>> {
  const client = useQueryClient();
  return useMutation<ReplyOf<E>, ApiError, CallInput<E>>({
    mutationFn: (input) => call(endpoint, input),
    onSuccess: () =>
      client.invalidateQueries({ predicate: (query) => refreshes.includes(String(query.queryKey[0])) }),
  });
}
