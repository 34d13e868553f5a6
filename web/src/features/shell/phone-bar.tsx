import { Ellipsis, LogOut } from 'lucide-react';
import { useState, type ReactElement } from 'react';

import { chooseWorkspace, useSession } from '../../platform/session.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select } from '../../ui/field.tsx';
import { SheetLink, TabLink } from './nav-link.tsx';
import type { Destination } from './navigation.ts';
import { endSession } from './user-menu.tsx';

const tabsMax = 4;

interface PhoneBarProps {
  readonly destinations: readonly Destination[];
  readonly path: string;
}

/** The foot of a phone's screen: four pages, and "More" for the rest. */
export function PhoneBar({ destinations, path }: PhoneBarProps): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  const close = (): void => setIsOpen(false);
  return (
    <>
      <nav aria-label="Main" className="fixed inset-x-0 bottom-0 z-20 flex border-t border-line bg-sunken pb-[env(safe-area-inset-bottom)] md:hidden">
        {destinations.slice(0, tabsMax).map((destination) => <TabLink key={destination.to} destination={destination} path={path} />)}
        <button type="button" onClick={() => setIsOpen(true)} className="flex min-h-14 flex-1 flex-col items-center justify-center gap-0.5 text-axis font-medium text-muted focus-visible:-outline-offset-2">
          <Ellipsis size={20} aria-hidden="true" />
          More
        </button>
      </nav>
      {isOpen && <MoreSheet destinations={destinations.slice(tabsMax)} onClose={close} />}
    </>
  );
}

function MoreSheet({ destinations, onClose }: { readonly destinations: readonly Destination[]; readonly onClose: () => void }): ReactElement {
  const { user, workspace, workspaces } = useSession();
  return (
    <Dialog title="More" description={`Signed in as ${user.email}`} onClose={onClose}>
      {workspaces.length > 1 && (
        <Select
          aria-label="Workspace"
          value={workspace.workspaceId}
          onChange={(event) => {
            chooseWorkspace(event.target.value);
            onClose();
          }}
        >
          {workspaces.map((option) => <option key={option.workspaceId} value={option.workspaceId}>{option.name}</option>)}
        </Select>
      )}
      <nav aria-label="More pages" className="flex flex-col">
        {destinations.map((destination) => <SheetLink key={destination.to} destination={destination} onFollow={onClose} />)}
      </nav>
      <Button onClick={() => void endSession()}><LogOut size={16} aria-hidden="true" /> Sign out</Button>
    </Dialog>
  );
}
