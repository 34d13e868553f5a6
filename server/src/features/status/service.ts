import type { PublicContext } from '../context.ts';
import { ping } from './queries.ts';

/** Throws `unavailable` when the database does not answer. */
export async function checkReady(ctx: PublicContext): Promise<{ ok: boolean }> {
  const row = await ctx.database.withScope({}, (db) => db.one(ping));
  return { ok: row.ok === 1 };
}
