/** A small store in memory whose entries fade: what the library shares between its short-lived clients. */
export interface TtlStore<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  del(key: string): void;
}

export function createTtlStore<Value>(options: { lifeMs: number; sizeMax: number }): TtlStore<Value> {
  const entries = new Map<string, { value: Value; until: number }>();
  return {
    get(key) {
      const entry = entries.get(key);
      return entry === undefined || entry.until < performance.now() ? undefined : entry.value;
    },
    set(key, value) {
      entries.delete(key);
      const oldest = entries.size >= options.sizeMax ? entries.keys().next().value : undefined;
      if (oldest !== undefined) entries.delete(oldest);
      entries.set(key, { value, until: performance.now() + options.lifeMs });
    },
    del: (key) => void entries.delete(key),
  };
}
