import type { Role } from '@rookery/contract/permissions.ts';

/** Each role in one line, for the people who choose. */
export const roleWords: Readonly<Record<Role, { readonly name: string; readonly line: string }>> = {
  owner: { name: 'Owner', line: 'Everything, and decides who owns the workspace' },
  admin: { name: 'Admin', line: 'Connects accounts, invites people, reads the audit log' },
  editor: { name: 'Editor', line: 'Starts syncs and imports data' },
  analyst: { name: 'Analyst', line: 'Sees everything, changes nothing' },
};
