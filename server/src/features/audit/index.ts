export { auditRoutes } from './routes.ts';
export { recordAudit, type AuditEntry, type AuditSource } from './service.ts';
