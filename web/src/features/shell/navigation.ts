import type { Permission } from '@rookery/contract/permissions.ts';
import { CalendarDays, Contact, FileUp, Image, LayoutDashboard, ScrollText, Settings, Share2, UsersRound, type LucideIcon } from 'lucide-react';

export interface Destination {
  readonly to: '/' | '/calendar' | '/audience' | '/accounts' | '/media' | '/import' | '/team' | '/audit' | '/settings/$section';
  readonly label: string;
  readonly icon: LucideIcon;
  /** The second key after G. */
  readonly key: string;
  readonly permission: Permission;
  readonly group: 'main' | 'workspace';
}

/** The pages of the sidebar, in its order. Only what exists is listed. */
export const destinations: readonly Destination[] = [
  { to: '/', label: 'Dashboard', icon: LayoutDashboard, key: 'd', permission: 'workspace:read', group: 'main' },
  { to: '/calendar', label: 'Calendar', icon: CalendarDays, key: 'c', permission: 'posts:read', group: 'main' },
  { to: '/audience', label: 'Audience', icon: UsersRound, key: 'a', permission: 'audience:read', group: 'main' },
  { to: '/accounts', label: 'Accounts', icon: Share2, key: 'o', permission: 'accounts:read', group: 'workspace' },
  // Beside the other pages of posts, and after the four that phones have in their bar.
  { to: '/media', label: 'Media', icon: Image, key: 'm', permission: 'posts:read', group: 'main' },
  { to: '/import', label: 'Imports', icon: FileUp, key: 'i', permission: 'audience:import', group: 'workspace' },
  { to: '/team', label: 'Team', icon: Contact, key: 't', permission: 'members:read', group: 'workspace' },
  { to: '/audit', label: 'Audit log', icon: ScrollText, key: 'l', permission: 'audit:read', group: 'workspace' },
  { to: '/settings/$section', label: 'Settings', icon: Settings, key: 's', permission: 'workspace:read', group: 'workspace' },
];

/** Where a link to the page goes. */
export function targetOf(destination: Destination): { to: Destination['to']; params: { section: string } | Record<never, never> } {
  return { to: destination.to, params: destination.to === '/settings/$section' ? { section: 'workspace' } : {} };
}
