import { eventTopics, streamEvents, type EventTopic, type LiveEvent } from '@rookery/contract/status.ts';
import { useEffect } from 'react';

import { urlOf } from './call.ts';
import { refresh } from './query.ts';
import { createStore, useStore, type Store } from './store.ts';

/** Which endpoints answer differently after an event of a topic. */
const affected: Readonly<Record<EventTopic, readonly string[]>> = {
  accounts: ['listAccounts', 'getAccount', 'listNetworks', 'getDashboard'],
  scans: ['listScans', 'listAccounts', 'getAccount', 'getDashboard', 'getAudienceSummary'],
  audience: ['getAudienceSummary', 'listChanges', 'listFollowers', 'getPerson', 'getDashboard', 'listAccounts', 'getAccount'],
  imports: ['listImports', 'getImport'],
  team: ['listMembers', 'listInvitations'],
  audit: ['listAuditEvents'],
  posts: ['listCalendar', 'getPost', 'listAttempts', 'listPostMetrics', 'listMediaUses', 'listComments', 'listApprovals', 'getDashboard', 'listSeries', 'getSeries', 'listSlots', 'listFreeSlots', 'findNextSlot'],
  media: ['listMedia', 'getMedia', 'listMediaUses'],
  slots: ['listSlots', 'listFreeSlots', 'findNextSlot'],
  workspace: ['getWorkspace', 'getBootstrap', 'getAudienceSummary', 'getDashboard', 'listSlots', 'listFreeSlots', 'findNextSlot'],
};

export type Connection = 'connecting' | 'live' | 'lost';

const connection: Store<Connection> = createStore<Connection>('connecting');
const progressById: Store<Readonly<Record<string, number>>> = createStore<Readonly<Record<string, number>>>({});

const coalesceMs = 250;
const reconnectMsMin = 1_000;
const reconnectMsMax = 30_000;

function isTopic(value: unknown): value is EventTopic {
  return typeof value === 'string' && eventTopics.some((topic) => topic === value);
}

/** Reads one message of the stream; null for anything that is not a live event. */
export function readLiveEvent(data: string): LiveEvent | null {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('topic' in value) || !isTopic(value.topic)) return null;
  const id = 'id' in value && typeof value.id === 'string' ? value.id : '';
  const progress = 'progress' in value && typeof value.progress === 'number' ? value.progress : 0;
  const workspaceId = 'workspaceId' in value && typeof value.workspaceId === 'string' ? value.workspaceId : '';
  return { workspaceId, topic: value.topic, id, progress };
}

/** Collects topics for a moment, so that a burst of events is one round of refetching. */
function createRefresher(): (topic: EventTopic) => void {
  const waiting = new Set<string>();
  return (topic) => {
    if (waiting.size === 0) {
      setTimeout(() => {
        const ids = [...waiting];
        waiting.clear();
        void refresh(ids);
      }, coalesceMs);
    }
    for (const id of affected[topic]) waiting.add(id);
  };
}

function noteProgress(event: LiveEvent): boolean {
  if (event.topic !== 'scans' || event.id === '') return false;
  const { [event.id]: before, ...others } = progressById.get();
  if (event.progress > 0) progressById.set({ ...others, [event.id]: event.progress });
  else if (before !== undefined) progressById.set(others);
  return event.progress > 0;
}

function follow(workspaceId: string): () => void {
  const queueRefresh = createRefresher();
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let waitMs = reconnectMsMin;
  let hasBeenLost = false;

  const open = (): void => {
    source = new EventSource(urlOf(streamEvents, { params: { workspaceId } }));
    source.onopen = () => {
      connection.set('live');
      waitMs = reconnectMsMin;
      // Whatever happened while we were away was not told to us.
      if (hasBeenLost) void refresh(Object.values(affected).flat());
      hasBeenLost = false;
    };
    source.onmessage = (message: MessageEvent<unknown>) => {
      const event = readLiveEvent(String(message.data));
      // While a scan runs only its count moves; nothing else has to be read again.
      if (event !== null && !noteProgress(event)) queueRefresh(event.topic);
    };
    source.onerror = () => {
      connection.set('lost');
      hasBeenLost = true;
      // The browser reconnects by itself unless the answer was an error; then it gives up and we go on.
      if (source?.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, waitMs);
      waitMs = Math.min(waitMs * 2, reconnectMsMax);
    };
  };
  open();
  return () => {
    if (timer !== null) clearTimeout(timer);
    source?.close();
  };
}

/** Keeps one event stream open for the workspace while the shell is on screen. */
export function useLiveEvents(workspaceId: string): void {
  useEffect(() => follow(workspaceId), [workspaceId]);
}

/** Whether live events reach us. */
export function useConnection(): Connection {
  return useStore(connection);
}

/** Followers read so far by a running scan, by the id that its events carry; null when none runs. */
export function useScanProgress(id: string): number | null {
  return useStore(progressById)[id] ?? null;
}
