export { failScan, finishFullScan, finishPartialScan, type FinishingAccount } from './finish.ts';
export { syncJob } from './jobs.ts';
export { createPersonKeys, type KeyPerson } from './keys.ts';
export { loadCurrentList } from './current-list.ts';
export { audienceRoutes } from './routes.ts';
export { beginScan, resumeScan, stagePage } from './scan.ts';
export { enqueueDueSyncs } from './schedule.ts';
export { summarise } from './summary.ts';
export { finishingAccount, syncAccount } from './sync.ts';
