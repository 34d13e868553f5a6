import { object, uuid } from '@rookery/contract/schema.ts';
import { defineJob } from '../../platform/jobs/definition.ts';

/** Lives through the 90 days of a demo workspace. Never tried again: one that was cut off leaves a shorter history. */
export const demoJob = defineJob({
  name: 'demo.build',
  payload: object({ workspaceId: uuid(), userId: uuid(), sessionId: uuid() }),
  priority: 5,
  retriesMax: 0,
  softLimitSeconds: 600,
  hardLimitSeconds: 660,
  concurrency: 1,
  queueing: 'one-per-key',
});
