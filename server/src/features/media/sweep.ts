import { sweepIncoming } from '../../platform/blobs/incoming.ts';
import type { Services } from '../context.ts';
import { incomingFolder } from './store.ts';

/** Removes uploads that a killed process left half read. */
export async function sweepUploads(services: Pick<Services, 'config' | 'clock'>): Promise<void> {
  await sweepIncoming(incomingFolder(services.config), services.clock.now().getTime());
}
