import type { ReactNode } from 'react';

/**
 * Stands in for `react-remove-scroll` in the bundle (see vite.config.ts). Radix brings it for modal menus, which lock the page by
 * injecting a style that our security policy refuses; our menus are not modal, and dialogs are the browser's own.
 */
export function RemoveScroll({ children }: { readonly children: ReactNode }): ReactNode {
  return children;
}
