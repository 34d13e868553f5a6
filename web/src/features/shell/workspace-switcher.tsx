import type { Membership } from '@rookery/contract/auth.ts';
import { useNavigate } from '@tanstack/react-router';
import { ChevronsUpDown, Plus } from 'lucide-react';
import { lazy, Suspense, useState, type ReactElement } from 'react';

import { chooseWorkspace, useSession } from '../../platform/session.ts';
import { initialsOf } from '../../ui/avatar.tsx';
import { Menu, MenuChoice, MenuItem, MenuLine } from '../../ui/menu.tsx';

const CreateWorkspaceDialog = lazy(async () => ({ default: (await import('./create-workspace.tsx')).CreateWorkspaceDialog }));

/** The square with two letters that stands for a workspace. */
export function WorkspaceMark({ name }: { readonly name: string }): ReactElement {
  return (
    <span aria-hidden="true" data-mark className="grid size-7 shrink-0 place-items-center rounded-small bg-accent text-[0.625rem] font-semibold text-on-accent">
      {initialsOf(name)}
    </span>
  );
}

function optionOf(workspace: Membership): { value: string; label: ReactElement } {
  return {
    value: workspace.workspaceId,
    label: (
      <>
        <WorkspaceMark name={workspace.name} />
        <span className="min-w-0">
          <span className="block truncate font-medium">{workspace.name}</span>
          <span className="block text-caption text-muted first-letter:uppercase">{workspace.demo ? 'Demo' : workspace.role}</span>
        </span>
      </>
    ),
  };
}

/** Which workspace is in view, and the way to another. */
export function WorkspaceSwitcher(): ReactElement {
  const { workspace, workspaces } = useSession();
  const [isCreating, setIsCreating] = useState(false);
  const navigate = useNavigate();
  const choose = (workspaceId: string): void => {
    chooseWorkspace(workspaceId);
    // What was open belongs to the workspace that was left.
    void navigate({ to: '/' });
  };
  return (
    <>
      <Menu
        align="start"
        className="w-64"
        trigger={
          <button type="button" className="flex h-11 w-full min-w-0 items-center gap-2.5 rounded-control px-2 text-left transition-colors hover:bg-hover max-lg:justify-center max-lg:px-0">
            <WorkspaceMark name={workspace.name} />
            <span className="min-w-0 flex-1 truncate font-semibold max-lg:sr-only">{workspace.name}</span>
            <ChevronsUpDown size={14} aria-hidden="true" className="shrink-0 text-faint max-lg:hidden" />
            <span className="sr-only">Switch workspace</span>
          </button>
        }
      >
        <MenuChoice label="Workspaces" value={workspace.workspaceId} options={workspaces.map(optionOf)} onChange={choose} />
        <MenuLine />
        <MenuItem onSelect={() => setIsCreating(true)}>
          <Plus size={16} aria-hidden="true" className="text-muted" /> Create a workspace
        </MenuItem>
      </Menu>
      {isCreating && <Suspense fallback={null}><CreateWorkspaceDialog onClose={() => setIsCreating(false)} /></Suspense>}
    </>
  );
}
