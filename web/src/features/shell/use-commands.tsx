import { allows } from '@rookery/contract/permissions.ts';
import { useNavigate } from '@tanstack/react-router';
import { ArrowRightLeft, Contrast, LogOut, PenLine } from 'lucide-react';

import { chooseWorkspace, useSession } from '../../platform/session.ts';
import type { PaletteCommand } from '../../ui/command-palette.tsx';
import { targetOf, type Destination } from './navigation.ts';
import { changeTheme, endSession } from './user-menu.tsx';

const themes = [['light', 'Use the light theme'], ['dark', 'Use the dark theme'], ['system', 'Use the theme of the system']] as const;

/** What the palette offers: every page, the other workspaces, and what the user menu does. */
export function useCommands(pages: readonly Destination[]): readonly PaletteCommand[] {
  const navigate = useNavigate();
  const { user, workspace, workspaces } = useSession();
  const write: readonly PaletteCommand[] = !allows(workspace.role, 'posts:write') ? [] : [{
    id: 'new-post', label: 'New post', group: 'Do', keys: 'n', icon: <PenLine size={16} aria-hidden="true" />,
    run: () => void navigate({ to: '/posts/$postId', params: { postId: 'new' }, resetScroll: false }),
  }];
  const goTo = pages.map((page): PaletteCommand => {
    const Icon = page.icon;
    return {
      id: page.to, label: page.label, group: 'Go to', keys: `g ${page.key}`, icon: <Icon size={16} aria-hidden="true" />,
      run: () => void navigate(targetOf(page)),
    };
  });
  const switchTo = workspaces.filter((other) => other.workspaceId !== workspace.workspaceId).map((other): PaletteCommand => ({
    id: other.workspaceId, label: `Switch to ${other.name}`, group: 'Workspaces', icon: <ArrowRightLeft size={16} aria-hidden="true" />,
    run: () => {
      chooseWorkspace(other.workspaceId);
      void navigate({ to: '/' });
    },
  }));
  const themeCommands = themes.filter(([theme]) => theme !== user.theme).map(([theme, label]): PaletteCommand => ({
    id: theme, label, group: 'You', icon: <Contrast size={16} aria-hidden="true" />, run: () => void changeTheme(theme),
  }));
  const leave: PaletteCommand = {
    id: 'sign-out', label: 'Sign out', group: 'You', icon: <LogOut size={16} aria-hidden="true" />, run: () => void endSession(),
  };
  return [...write, ...goTo, ...switchTo, ...themeCommands, leave];
}
