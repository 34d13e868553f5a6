import type { ProviderMemory } from './provider.ts';

/** A memory that ends with the process, for where none is given. */
export function createFleetingMemory(): ProviderMemory {
  const values = new Map<string, string>();
  return {
    get: (key) => Promise.resolve(values.get(key) ?? null),
    set: (key, value) => Promise.resolve(void values.set(key, value)),
  };
}
