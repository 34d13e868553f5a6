import { Search } from 'lucide-react';
import type { ReactElement } from 'react';

import { Kbd } from '../../ui/kbd.tsx';
import { ConnectionStatus } from './connection-status.tsx';
import { NavLink } from './nav-link.tsx';
import type { Destination } from './navigation.ts';
import { UserMenu } from './user-menu.tsx';
import { WorkspaceSwitcher } from './workspace-switcher.tsx';

interface SidebarProps {
  readonly destinations: readonly Destination[];
  readonly path: string;
  readonly onSearch: () => void;
  readonly onShowKeys: () => void;
}

/** The quiet frame at the left: 224 px, a rail of 56 under 1,100, absent on phones. */
export function Sidebar({ destinations, path, onSearch, onShowKeys }: SidebarProps): ReactElement {
  const groupOf = (group: Destination['group']): ReactElement[] =>
    destinations.filter((item) => item.group === group).map((item) => <NavLink key={item.to} destination={item} path={path} />);
  return (
    <aside aria-label="Sidebar" className="sticky top-0 z-30 flex h-dvh flex-col gap-1 border-r border-line bg-sunken p-2.5 max-lg:items-stretch max-lg:px-2 max-md:hidden">
      <WorkspaceSwitcher />
      <button
        type="button"
        onClick={onSearch}
        className="my-1 flex h-8 items-center gap-2.5 rounded-control border border-line bg-surface px-2 text-muted transition-colors hover:border-control hover:text-ink max-lg:justify-center max-lg:px-0"
      >
        <Search size={14} aria-hidden="true" className="shrink-0" />
        <span className="flex-1 text-left max-lg:sr-only">Go to…</span>
        <span className="max-lg:hidden"><Kbd keys="mod+k" /></span>
      </button>
      <nav aria-label="Main" className="flex flex-col gap-0.5 max-lg:overflow-visible">
        {groupOf('main')}
        <p className="px-2.5 pt-4 pb-1 text-axis font-medium text-faint max-lg:sr-only">Workspace</p>
        <hr className="my-2 hidden border-line max-lg:block" />
        {groupOf('workspace')}
      </nav>
      <div className="mt-auto flex flex-col gap-0.5">
        <ConnectionStatus />
        <UserMenu onShowKeys={onShowKeys} />
      </div>
    </aside>
  );
}
