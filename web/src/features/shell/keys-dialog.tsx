import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';

import { listShortcuts } from '../../platform/keyboard.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';

/** The keys that work on this screen. */
export function KeysDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  return (
    <Dialog
      title="Keyboard shortcuts"
      description={<>Single letters can be switched off in <Link to="/settings/$section" params={{ section: 'profile' }} onClick={onClose} className="text-accent underline">your profile</Link>.</>}
      onClose={onClose}
    >
      <ul className="flex flex-col">
        {listShortcuts().map((shortcut) => (
          <li key={shortcut.keys} className="flex min-h-9 items-center justify-between gap-4 border-b border-line last:border-b-0">
            {shortcut.label}
            <Kbd keys={shortcut.keys} />
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
