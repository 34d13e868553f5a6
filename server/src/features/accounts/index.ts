export { beginConnect, completeConnect } from './connect.ts';
export { callNetwork, readServer } from './grants.ts';
export { refreshPublishLimits } from './limits.ts';
export { createProviderMemory } from './memory.ts';
export { accountPublicRoutes, accountRoutes } from './routes.ts';
export { findAccount, listAccountRows, listDueAccounts, recordProfile, scheduleSync, toScan, describeAccounts, type AccountRow } from './rows.ts';
export { ensureImportAccount } from './service.ts';
