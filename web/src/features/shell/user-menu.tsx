import { signOut, themes, updateProfile } from '@rookery/contract/auth.ts';
import { Link } from '@tanstack/react-router';
import { Keyboard, LogOut, UserRound } from 'lucide-react';
import type { ReactElement } from 'react';

import { call } from '../../platform/call.ts';
import { dropSession, takeUser, useSession } from '../../platform/session.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from '../../ui/menu.tsx';
import { showProblem } from '../../ui/toast.tsx';

const themeLabels = { system: 'Like the system', light: 'Light', dark: 'Dark' } as const;

/** Ends the session, here and on the server, and starts the page anew so that nothing of it stays in memory. */
export async function endSession(): Promise<void> {
  try {
    await call(signOut, {});
    dropSession();
    globalThis.location.assign('/sign-in');
  } catch {
    showProblem('You are still signed in: the server did not answer. Try again.');
  }
}

/** Shows a theme and keeps it for this user. */
export async function changeTheme(theme: (typeof themes)[number]): Promise<void> {
  try {
    const { user } = await call(updateProfile, { body: { theme } });
    takeUser(user);
  } catch {
    showProblem('The theme was not saved. Try again.');
  }
}

/** Who is signed in, and what concerns only them. */
export function UserMenu({ onShowKeys }: { readonly onShowKeys: () => void }): ReactElement {
  const { user, instance } = useSession();
  return (
    <Menu
      align="start"
      side="top"
      className="w-60"
      trigger={
        <button type="button" className="flex h-10 w-full min-w-0 items-center gap-2.5 rounded-control px-1.5 text-left transition-colors hover:bg-hover max-lg:justify-center max-lg:px-0">
          <Avatar name={user.name} />
          <span className="min-w-0 flex-1 truncate font-medium max-lg:sr-only">{user.name}</span>
          <span className="sr-only">Your menu</span>
        </button>
      }
    >
      <p className="truncate px-2 py-1 text-caption text-muted">{user.email}</p>
      <MenuItem asChild>
        <Link to="/settings/$section" params={{ section: 'profile' }}><UserRound size={16} aria-hidden="true" className="text-muted" /> Your profile</Link>
      </MenuItem>
      <MenuItem onSelect={onShowKeys}><Keyboard size={16} aria-hidden="true" className="text-muted" /> Keyboard shortcuts</MenuItem>
      <MenuLine />
      <MenuChoice
        label="Theme"
        value={user.theme}
        options={themes.map((theme) => ({ value: theme, label: themeLabels[theme] }))}
        onChange={(theme) => void changeTheme(theme)}
      />
      <MenuLine />
      <MenuItem onSelect={() => void endSession()}><LogOut size={16} aria-hidden="true" className="text-muted" /> Sign out</MenuItem>
      <MenuLabel>Rookery {instance.version}</MenuLabel>
    </Menu>
  );
}
