const prefix = 'rookery.';

/** Reads a small preference of this browser; null when unset or when storage is blocked. */
export function readStored(key: string): string | null {
  try {
    return globalThis.localStorage.getItem(prefix + key);
  } catch {
    return null;
  }
}

/** Keeps a small preference in this browser; quietly does nothing when storage is blocked. */
export function keepStored(key: string, value: string): void {
  try {
    globalThis.localStorage.setItem(prefix + key, value);
  } catch {
    // Private windows may refuse storage; a preference is not worth an error.
  }
}

/** Forgets what was kept under a key. */
export function dropStored(key: string): void {
  try {
    globalThis.localStorage.removeItem(prefix + key);
  } catch {
    // What cannot be stored is not there either.
  }
}
