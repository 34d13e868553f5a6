/** SQL with a name: prepared once per connection. `Row` is what it answers, column by column. */
export interface Statement<Row extends object> {
  readonly name: string;
  readonly text: string;
  /** Carries the row type; never set. */
  readonly row?: Row;
}

const registered = new Map<string, Statement<object>>();

/** Declares a statement. Names are unique in the process; PostgreSQL cuts them at 63 bytes. */
export function statement<Row extends object = Record<never, never>>(name: string, text: string): Statement<Row> {
  if (registered.has(name)) throw new Error(`two statements are named ${name}`);
  const declared = { name, text };
  registered.set(name, declared);
  return declared;
}

/** Every statement of the modules loaded so far, for the test that prepares them all. */
export function allStatements(): readonly Statement<object>[] {
  return [...registered.values()];
}
