export { auditRoutes } from './routes.ts';
export { writeCheckpoint } from './seal/checkpoint.ts';
export { deriveSigningKey } from './seal/seal.ts';
export { startSealer } from './seal/sealer.ts';
export { verifyAudit, type AuditReport } from './seal/verify.ts';
export { recordAudit } from './service.ts';
