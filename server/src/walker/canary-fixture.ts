import type { RawReply } from '../platform/http/testing.ts';
import type { WalkedApp } from './app-fixture.ts';
import type { Tenant } from './tenant-fixture.ts';

/** What must not be seen outside its workspace. */
export interface Canaries {
  /** Parts of texts. */
  readonly words: readonly string[];
  /** Whole ids and keys of people. */
  readonly ids: ReadonlySet<string>;
}

export type Received = Pick<RawReply, 'headers' | 'bytes' | 'body'>;

const idPattern = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{6,19}/g;

/** Canaries in a reply: in its headers, its bytes, or its JSON once unescaped. What the request itself said does not count. */
export function findCanaries({ words, ids }: Canaries, request: string, reply: Received): string[] {
  const text = `${JSON.stringify(reply.headers)}\n${reply.bytes.toString()}\n${JSON.stringify(reply.body) ?? ''}`.toLowerCase();
  const asked = request.toLowerCase();
  const seenIds = [...new Set(text.match(idPattern))].filter((id) => ids.has(id));
  return [...words.filter((word) => text.includes(word.toLowerCase())), ...seenIds].filter((canary) => !asked.includes(canary.toLowerCase()));
}

/** Tables whose rows belong to a workspace, each with the column that says which. */
export async function tenantTables({ admin }: WalkedApp): Promise<{ table: string; key: string }[]> {
  const rows = await admin(`
    select c.relname as table, case when c.relname = 'workspace' then 'id' else 'workspace_id' end as key from pg_class c
    where c.relnamespace = 'rookery'::regnamespace and c.relkind in ('r', 'p')
      and (c.relname = 'workspace' or exists (select from pg_attribute where attrelid = c.oid and attname = 'workspace_id' and not attisdropped))
    order by 1`);
  return rows.map((row) => ({ table: String(row['table']), key: String(row['key']) }));
}

/** Everything by which a tenant could be recognised and the other one not: its mark, its secrets, every id in its rows. */
export async function gatherCanaries(walked: WalkedApp, tenant: Tenant, other: Tenant): Promise<Canaries> {
  const ids = await gatherIds(walked, tenant);
  const shared = await gatherIds(walked, other);
  return { words: [tenant.mark, ...tenant.secrets], ids: new Set([...ids].filter((id) => !shared.has(id))) };
}

async function gatherIds(walked: WalkedApp, { workspaceId }: Tenant): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const { table, key } of await tenantTables(walked)) {
    for (const row of await walked.admin(`select to_jsonb(t)::text as row from ${table} t where ${key} = $1`, [workspaceId])) {
      // Counts and times in numbers could be anybody's; keys of people have more digits.
      for (const id of String(row['row']).match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<="(?:key|person_key)": )\d{6,19}/g) ?? []) ids.add(id);
    }
  }
  return ids;
}

/** One line a table: what stands in a tenant's rows, as a hash. Their people, jobs and sessions count as theirs. */
export async function fingerprint(walked: WalkedApp, { workspaceId }: Tenant): Promise<Record<string, string>> {
  const lines: Record<string, string> = {};
  const hash = (alias: string): string => `md5(coalesce(string_agg(md5(${alias}::text), '' order by md5(${alias}::text)), '')) as hash, count(*)::int as n`;
  const add = async (name: string, sql: string): Promise<void> => {
    const [row] = await walked.admin(sql, [workspaceId]);
    lines[name] = `${String(row?.['n'])} rows ${String(row?.['hash'])}`;
  };
  for (const { table, key } of await tenantTables(walked)) await add(table, `select ${hash('t')} from ${table} t where ${key} = $1`);
  const people = `select user_id from member where workspace_id = $1`;
  await add('app_user', `select ${hash('t')} from app_user t where id in (${people})`);
  await add('session', `select ${hash('t')} from (select id, token_hash, expires_at from session where user_id in (${people})) t`);
  await add('job', `select ${hash('t')} from (select id, name, state from pgboss.job where data ->> 'workspaceId' = $1) t`);
  return lines;
}
