import type { LiveEvent } from '@rookery/contract/status.ts';
import { statement } from './db/statement.ts';
import type { Database, Db } from './db/database.ts';

const channel = 'rookery_events';
const notify = statement('events.notify', `select pg_notify('${channel}', $1)`);

/** Tells browsers what changed. Carries ids and topics, never data: the browser asks again, under its own rights. */
export interface Events {
  /** Sent when the transaction commits. */
  publish(db: Db, event: LiveEvent): Promise<void>;
  /** Calls back for each event of one workspace. Answers how to stop. */
  subscribe(workspaceId: string, handle: (event: LiveEvent) => void): () => void;
  close(): Promise<void>;
}

/** Events over PostgreSQL's NOTIFY, so that every web process hears what any process did. */
export async function createEvents(database: Database): Promise<Events> {
  const handlers = new Map<string, Set<(event: LiveEvent) => void>>();
  const stop = await database.listen(channel, (payload) => {
    const event = parseEvent(payload);
    if (event === null) return;
    for (const handle of handlers.get(event.workspaceId) ?? []) handle(event);
  });
  return {
    publish: async (db, event) => {
      await db.run(notify, [JSON.stringify(event)]);
    },
    subscribe: (workspaceId, handle) => {
      const set = handlers.get(workspaceId) ?? new Set();
      handlers.set(workspaceId, set.add(handle));
      return () => {
        set.delete(handle);
        if (set.size === 0) handlers.delete(workspaceId);
      };
    },
    close: stop,
  };
}

function parseEvent(payload: string): LiveEvent | null {
  try {
    // Guarantee: only publish() above writes to this channel.
    return JSON.parse(payload) as LiveEvent;
  } catch {
    return null;
  }
}
