import { useSyncExternalStore } from 'react';

/** Whether a media query matches, as it changes. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = globalThis.matchMedia(query);
      list.addEventListener('change', listener);
      return () => list.removeEventListener('change', listener);
    },
    () => globalThis.matchMedia(query).matches,
  );
}

/** Whether the screen is a phone's: narrower than 768 px. */
export function useIsPhone(): boolean {
  return useMedia('(max-width: 47.99rem)');
}
