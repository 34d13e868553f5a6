import { object, uuid } from '@rookery/contract/schema.ts';
import { defineJob } from '../../platform/jobs/definition.ts';

const payload = object({ workspaceId: uuid(), importId: uuid() });

/** Reads the files of one import and works out its preview. */
export const readImportJob = defineJob({ name: 'imports.read', payload, priority: 7, queueing: 'one-per-key' });

/** Records the list of one import. Tried often: it waits for a sync of the same account to end. */
export const commitImportJob = defineJob({ name: 'imports.commit', payload, priority: 7, queueing: 'one-per-key', retriesMax: 30 });
