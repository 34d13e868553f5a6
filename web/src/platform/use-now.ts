import { createStore, useStore, type Store } from './store.ts';

const tickMs = 30_000;
let now: Store<number> | null = null;

function startClock(): Store<number> {
  const store = createStore(Date.now());
  setInterval(() => store.set(Date.now()), tickMs);
  return store;
}

/** The time now in milliseconds, moving every half minute, one timer for the whole page. */
export function useNow(): number {
  now ??= startClock();
  return useStore(now);
}
