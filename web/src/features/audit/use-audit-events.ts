import { listAuditEvents, type AuditEvent } from '@rookery/contract/audit.ts';
import { useInfiniteQuery } from '@tanstack/react-query';

import { call } from '../../platform/call.ts';
import { useSession } from '../../platform/session.ts';
import { endOfDay, startOfDay } from '../../platform/zoned-day.ts';
import type { AuditSearch } from './search.ts';

const pageSize = 100;
const exportEventsMax = 100_000;

interface AuditQuery {
  readonly actor: string | undefined;
  readonly action: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** The filters of the address as the API takes them: days become instants of the workspace's zone. */
export function queryFor(search: AuditSearch, timeZone: string): AuditQuery {
  return {
    actor: search.actor,
    action: search.action,
    from: search.from === undefined ? undefined : startOfDay(search.from, timeZone),
    to: search.to === undefined ? undefined : endOfDay(search.to, timeZone),
  };
}

/** Events newest first, a page at a time. */
export function useAuditEvents(search: AuditSearch) {
  const { workspace } = useSession();
  const params = { workspaceId: workspace.workspaceId };
  const query = queryFor(search, workspace.timeZone);
  return useInfiniteQuery({
    queryKey: [listAuditEvents.id, params, query],
    queryFn: ({ pageParam, signal }) =>
      call(listAuditEvents, { params, query: { ...query, limit: pageSize, cursor: pageParam ?? undefined } }, { signal }),
    initialPageParam: firstPage(),
    getNextPageParam: (page) => page.nextCursor,
  });
}

function firstPage(): string | null {
  return null;
}

/** All events that match the filters, one JSON object a line. Throws `ApiError` when a page can't be read. */
export async function exportEvents(workspaceId: string, query: AuditQuery): Promise<string> {
  const events: AuditEvent[] = [];
  let cursor: string | undefined;
  do {
    const page = await call(listAuditEvents, { params: { workspaceId }, query: { ...query, limit: 200, cursor } });
    events.push(...page.events);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && events.length < exportEventsMax);
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}
