import { getBootstrap, type Bootstrap, type Membership, type User } from '@rookery/contract/auth.ts';
import { allows, type Permission } from '@rookery/contract/permissions.ts';
import { queryOptions } from '@tanstack/react-query';
import { createContext, useContext } from 'react';

import { call, setCsrfToken } from './call.ts';
import { queryClient } from './query.ts';
import { keepStored, readStored } from './storage.ts';
import { createStore, useStore, type Store } from './store.ts';
import { applyDensity, applyTheme } from './theme.ts';

const bootstrapKey = ['getBootstrap'];

/** Who is signed in, their workspaces, and this instance: read once, then kept by `takeBootstrap`. */
export const bootstrapQuery = queryOptions({
  queryKey: bootstrapKey,
  queryFn: async ({ signal }) => {
    const bootstrap = await call(getBootstrap, {}, { signal });
    absorb(bootstrap);
    return bootstrap;
  },
  staleTime: 5 * 60_000,
});

function absorb(bootstrap: Bootstrap): void {
  setCsrfToken(bootstrap.csrfToken);
  if (bootstrap.user === null) return;
  applyTheme(bootstrap.user.theme);
  applyDensity(bootstrap.user.density);
}

/** Takes over the bootstrap that signing in, signing up or a new password answered. */
export function takeBootstrap(bootstrap: Bootstrap): void {
  absorb(bootstrap);
  queryClient.setQueryData(bootstrapKey, bootstrap);
}

/** Puts a changed profile in place without asking again. */
export function takeUser(user: User): void {
  queryClient.setQueryData<Bootstrap>(bootstrapKey, (before) => (before === undefined ? before : { ...before, user }));
  applyTheme(user.theme);
  applyDensity(user.density);
}

/** Forgets everything of the session that just ended. */
export function dropSession(): void {
  queryClient.clear();
}

const workspaceChoice: Store<string | null> = createStore(readStored('workspace'));

/** Makes a workspace the current one for this browser. */
export function chooseWorkspace(workspaceId: string): void {
  keepStored('workspace', workspaceId);
  workspaceChoice.set(workspaceId);
}

/** Honours `?ws=` of a link that a colleague sent, and takes it out of the address. Call once, before the router starts. */
export function takeWorkspaceFromUrl(): void {
  const url = new URL(globalThis.location.href);
  const asked = url.searchParams.get('ws');
  if (asked === null) return;
  chooseWorkspace(asked);
  url.searchParams.delete('ws');
  globalThis.history.replaceState(globalThis.history.state, '', url);
}

/** The chosen workspace if the user is a member of it, else their first, else null. */
export function useCurrentMembership(workspaces: readonly Membership[]): Membership | null {
  const chosen = useStore(workspaceChoice);
  return workspaces.find((workspace) => workspace.workspaceId === chosen) ?? workspaces[0] ?? null;
}

export interface Session {
  readonly user: User;
  readonly workspace: Membership;
  readonly workspaces: readonly Membership[];
  readonly instance: Bootstrap['instance'];
}

export const SessionContext = createContext<Session | null>(null);

/** The signed-in user and the current workspace. Only inside the shell. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('useSession is only for screens inside the shell');
  return session;
}

/** Says whether the current role carries a permission. The server decides; this decides what to offer. */
export function useCan(permission: Permission): boolean {
  return allows(useSession().workspace.role, permission);
}
