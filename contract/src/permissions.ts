export const roles = ['owner', 'admin', 'editor', 'analyst'] as const;
export type Role = (typeof roles)[number];

/** What each role may do, in words for the matrix on the Team screen. */
export const permissions = {
  'workspace:read': { label: 'See the workspace', roles: ['owner', 'admin', 'editor', 'analyst'] },
  'workspace:manage': { label: 'Change name, time zone and the approval rule', roles: ['owner', 'admin'] },
  'workspace:delete': { label: 'Delete the workspace', roles: ['owner'] },
  'members:read': { label: 'See who is in the team', roles: ['owner', 'admin', 'editor', 'analyst'] },
  'members:manage': { label: 'Invite, change roles, remove people', roles: ['owner', 'admin'] },
  'owners:manage': { label: 'Make or remove owners', roles: ['owner'] },
  'accounts:read': { label: 'See accounts and their health', roles: ['owner', 'admin', 'editor', 'analyst'] },
  'accounts:manage': { label: 'Connect and disconnect accounts, set their posting slots', roles: ['owner', 'admin'] },
  'audience:read': { label: 'See followers and figures', roles: ['owner', 'admin', 'editor', 'analyst'] },
  'audience:sync': { label: 'Start a sync, release a held scan', roles: ['owner', 'admin', 'editor'] },
  'audience:import': { label: 'Import data exports', roles: ['owner', 'admin', 'editor'] },
  'posts:read': { label: 'See posts and the calendar', roles: ['owner', 'admin', 'editor', 'analyst'] },
  'posts:write': { label: 'Write, schedule and delete posts', roles: ['owner', 'admin', 'editor'] },
  'posts:publish': { label: 'Publish at once, try again, decide doubts', roles: ['owner', 'admin', 'editor'] },
  'posts:approve': { label: 'Approve posts, and publish without approval', roles: ['owner', 'admin'] },
  'audit:read': { label: 'Read the audit log', roles: ['owner', 'admin'] },
} as const satisfies Record<string, { label: string; roles: readonly Role[] }>;

export type Permission = keyof typeof permissions;

/** Says whether a role carries a permission. */
export function allows(role: Role, permission: Permission): boolean {
  const granted: readonly Role[] = permissions[permission].roles;
  return granted.includes(role);
}
