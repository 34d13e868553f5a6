import { allows } from '@rookery/contract/permissions.ts';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Outlet, useLocation, useNavigate, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useMemo, useState, type ReactElement } from 'react';

import { useLiveEvents } from '../../platform/events.ts';
import { setSingleKeys, useShortcut } from '../../platform/keyboard.ts';
import { bootstrapQuery, SessionContext, useCurrentMembership, useSession, type Session } from '../../platform/session.ts';
import { Region } from '../../ui/error-state.tsx';
import { Toaster } from '../../ui/toast.tsx';
import { OfflineBar } from './connection-status.tsx';
import { destinations, targetOf, type Destination } from './navigation.ts';
import { PhoneBar } from './phone-bar.tsx';
import { Sidebar } from './sidebar.tsx';
import { useCommands } from './use-commands.tsx';

// Seldom or never seen: not part of the first download.
const KeysDialog = lazy(async () => ({ default: (await import('./keys-dialog.tsx')).KeysDialog }));
const NoWorkspace = lazy(async () => ({ default: (await import('./no-workspace.tsx')).NoWorkspace }));
const CommandPalette = lazy(async () => ({ default: (await import('../../ui/command-palette.tsx')).CommandPalette }));

/** The frame around every signed-in screen. Sends people whose session ended to sign in, and back here afterwards. */
export function Shell(): ReactElement {
  const { data } = useSuspenseQuery(bootstrapQuery);
  const workspace = useCurrentMembership(data.workspaces);
  const router = useRouter();
  const { user, workspaces, instance } = data;
  const session = useMemo<Session | null>(
    () => (user === null || workspace === null ? null : { user, workspace, workspaces, instance }),
    [user, workspace, workspaces, instance],
  );
  const isSignedOut = user === null;
  useEffect(() => {
    // The route's own guard knows where to send people, and remembers this address.
    if (isSignedOut) void router.invalidate();
  }, [isSignedOut, router]);
  if (isSignedOut) return <></>;
  if (session === null) return <Suspense fallback={null}><NoWorkspace /></Suspense>;
  return (
    <SessionContext value={session}>
      <Frame key={session.workspace.workspaceId} />
    </SessionContext>
  );
}

function GoShortcut({ destination }: { readonly destination: Destination }): null {
  const navigate = useNavigate();
  useShortcut(`g ${destination.key}`, `Go to ${destination.label}`, () => void navigate(targetOf(destination)));
  return null;
}

function NewPostShortcut(): null {
  const navigate = useNavigate();
  useShortcut('n', 'New post', () => void navigate({ to: '/posts/$postId', params: { postId: 'new' }, resetScroll: false }));
  return null;
}

/** What a fault is kept to: a screen; the calendar and the post over it are one. */
function screenOf(path: string): string {
  return path.startsWith('/posts/') ? '/calendar' : path;
}

function Frame(): ReactElement {
  const { user, workspace } = useSession();
  const path = useLocation({ select: (location) => location.pathname });
  const [open, setOpen] = useState<'palette' | 'keys' | null>(null);
  const pages = destinations.filter((destination) => allows(workspace.role, destination.permission));
  const commands = useCommands(pages);
  const close = (): void => setOpen(null);
  useLiveEvents(workspace.workspaceId);
  useEffect(() => setSingleKeys(user.singleKeyShortcuts), [user.singleKeyShortcuts]);
  useShortcut('mod+k', 'Go to anything', () => setOpen('palette'));
  useShortcut('?', 'Show these shortcuts', () => setOpen('keys'));
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[3.5rem_minmax(0,1fr)] lg:grid-cols-[14rem_minmax(0,1fr)]">
      <a href="#main" className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-control focus:bg-accent focus:px-4 focus:py-2 focus:font-medium focus:text-on-accent">
        Skip to content
      </a>
      {pages.map((destination) => <GoShortcut key={destination.to} destination={destination} />)}
      {allows(workspace.role, 'posts:write') && <NewPostShortcut />}
      <Sidebar destinations={pages} path={path} onSearch={() => setOpen('palette')} onShowKeys={() => setOpen('keys')} />
      <main id="main" tabIndex={-1} className="min-w-0 max-md:pb-20">
        <OfflineBar />
        {workspace.demo && <p className="border-b border-line bg-info-soft px-4 py-1.5 text-caption text-ink md:px-8"><strong className="font-semibold">Demo workspace.</strong> The networks, people and figures here are simulated.</p>}
        <Region key={screenOf(path)} what="This page"><Outlet /></Region>
        <div id="overlays" />
      </main>
      <PhoneBar destinations={pages} path={path} />
      {open === 'palette' && <Suspense fallback={null}><CommandPalette commands={commands} onClose={close} /></Suspense>}
      {open === 'keys' && <Suspense fallback={null}><KeysDialog onClose={close} /></Suspense>}
      <Toaster />
    </div>
  );
}
