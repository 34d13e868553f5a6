import { object, oneOf, uuid } from '@rookery/contract/schema.ts';
import { defineJob } from '../../platform/jobs/definition.ts';

/** Reads profile, metrics and follower list of one account. Continues a scan that was cut off. */
export const syncJob = defineJob({
  name: 'audience.sync',
  payload: object({ workspaceId: uuid(), accountId: uuid(), kind: oneOf(['full', 'new']) }),
  priority: 5,
  queueing: 'one-per-key',
});
