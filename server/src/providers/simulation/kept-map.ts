import { record, string, type Static, type TSchema } from '@rookery/contract/schema.ts';
import { openStateSection } from './state-file.ts';

/** Things of a simulated network by their id, in the order in which they were first set, kept over a restart. */
export interface KeptMap<Value> {
  get(id: string): Value | null;
  set(id: string, value: Value): void;
  delete(id: string): void;
  entries(): readonly (readonly [string, Value])[];
}

/** The map kept in this section of the file, or in memory when `stateFile` is null. */
export function openKeptMap<Schema extends TSchema>(stateFile: string | null, name: string, schema: Schema): KeptMap<Static<Schema>> {
  const section = openStateSection(stateFile, name, record(string(), schema));
  const values = new Map<string, Static<Schema>>(Object.entries(section.read() ?? {}));
  const save = (): void => section.write(Object.fromEntries(values));
  return {
    get: (id) => values.get(id) ?? null,
    set: (id, value) => {
      values.set(id, value);
      save();
    },
    delete: (id) => {
      if (values.delete(id)) save();
    },
    entries: () => [...values],
  };
}
