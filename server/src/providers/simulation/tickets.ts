import { randomBytes } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';

/** Things kept for a short while under a name that cannot be guessed, each taken once. In memory: a restart forgets them. */
export interface Tickets<Item> {
  issue(item: Item): string;
  /** The item, if the ticket is known and neither used nor too old. */
  take(ticket: string): Item | null;
}

export function createTickets<Item>(clock: Clock, lifeSeconds = 600): Tickets<Item> {
  const items = new Map<string, { readonly item: Item; readonly until: number }>();
  return {
    issue: (item) => {
      const now = clock.now().getTime();
      for (const [name, { until }] of items) if (until <= now) items.delete(name);
      const ticket = randomBytes(24).toString('base64url');
      items.set(ticket, { item, until: now + lifeSeconds * 1000 });
      return ticket;
    },
    take: (ticket) => {
      const found = items.get(ticket);
      items.delete(ticket);
      return found !== undefined && found.until > clock.now().getTime() ? found.item : null;
    },
  };
}
