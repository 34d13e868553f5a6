import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { createTestDatabase } from '../testing/database.ts';

const database = await createTestDatabase();

/** Tables that belong to no workspace. Adding one here is a decision for a reviewer. */
const withoutTenant = new Map([
  ['app_user', 'people belong to the instance and may be members of many workspaces'],
  ['session', 'of a user, before any workspace is chosen'],
  ['provider_memory', 'app registrations of the instance, encrypted, no tenant data'],
  ['network_pause', 'what the version before server_pause wrote; names no tenant'],
  ['server_pause', 'which servers of networks are left alone for a while; names no tenant'],
  ['send_use', 'counts sends by a keyed hash of network and account, across workspaces; names no tenant'],
  ['send_pause', 'until when networks take no more, by the same keyed hash; names no tenant'],
  ['limit_log', 'counts calls by user or address before any workspace is known; names no tenant'],
  ['blob_orphan', 'files that no row names, by their keys: the workspace may be gone; the web role has no rights on it'],
  ['audit_seal', 'hashes of events of the whole instance, by their ids; names no tenant, and the web role has no rights on it'],
  ['migration', 'which files were applied; the service roles have no rights on it'],
]);
/** Tables that other tables may name without their workspace: they have none. */
const tenantKeyOf = (table: string): string => (table === 'workspace' ? 'id' : 'workspace_id');

interface TableFacts {
  readonly name: string;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly columns: readonly string[];
  /** Of the policies for all commands. */
  readonly hasWholePolicy: boolean;
}

const tablesSql = `
  select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
    array(select attname::text from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) as columns,
    exists (select from pg_policy where polrelid = c.oid and polcmd = '*' and polqual is not null and polwithcheck is not null
      and pg_get_expr(polqual, polrelid) like '%scope_workspace()%' and pg_get_expr(polwithcheck, polrelid) like '%scope_workspace()%') as whole
  from pg_class c where c.relnamespace = 'rookery'::regnamespace and c.relkind in ('r', 'p') order by 1`;

async function readTables(): Promise<TableFacts[]> {
  return (await database.admin(tablesSql)).map((row) => ({
    name: String(row['name']), enabled: row['enabled'] === true, forced: row['forced'] === true,
    columns: Array.isArray(row['columns']) ? row['columns'].map(String) : [], hasWholePolicy: row['whole'] === true,
  }));
}

/** What is wrong with the catalogue; empty when every table is closed to other tenants. */
async function findHoles(): Promise<string[]> {
  const holes: string[] = [];
  for (const table of await readTables()) {
    if (withoutTenant.has(table.name)) continue;
    if (!table.columns.includes(tenantKeyOf(table.name))) holes.push(`${table.name}: no ${tenantKeyOf(table.name)}`);
    if (!table.enabled) holes.push(`${table.name}: row-level security is off`);
    if (!table.forced) holes.push(`${table.name}: row-level security is not forced on its owner`);
    if (!table.hasWholePolicy) holes.push(`${table.name}: no policy for all commands with USING and WITH CHECK`);
  }
  return holes;
}

async function inRolledBack(change: string, look: () => Promise<void>): Promise<void> {
  await database.admin('begin');
  try {
    await database.admin(change);
    await look();
  } finally {
    await database.admin('rollback');
  }
}

test('every table is closed to other workspaces, or stands on the reviewed list', async () => {
  assert.ok((await readTables()).length >= 18);
  assert.deepEqual(await findHoles(), []);
});

test('every table of the reviewed list exists', async () => {
  const names = new Set((await readTables()).map(({ name }) => name));
  assert.deepEqual([...withoutTenant.keys()].filter((name) => !names.has(name)), []);
});

test('the catalogue check fails when one table loses its policy, its row-level security or its key', async () => {
  await inRolledBack('drop policy tenant on follower_change', async () => {
    assert.deepEqual(await findHoles(), ['follower_change: no policy for all commands with USING and WITH CHECK']);
  });
  await inRolledBack('alter table account_token disable row level security', async () => {
    assert.deepEqual(await findHoles(), ['account_token: row-level security is off']);
  });
  await inRolledBack('alter table person no force row level security', async () => {
    assert.deepEqual(await findHoles(), ['person: row-level security is not forced on its owner']);
  });
  await inRolledBack('create table stray (id uuid primary key)', async () => {
    assert.equal((await findHoles()).length, 4);
  });
  assert.deepEqual(await findHoles(), []);
});

test('further policies only read or delete, and only by scope or for what is due', async () => {
  const rows = await database.admin(`
    select polrelid::regclass::text || '.' || polname || '.' || polcmd::text as policy from pg_policy p
    join pg_class c on c.oid = p.polrelid where c.relnamespace = 'rookery'::regnamespace and polname <> 'tenant' order by 1`);
  assert.deepEqual(rows.map((row) => String(row['policy']).replace('rookery.', '')), [
    'account.due.r', 'audit_event.sealer.r', 'audit_personal.sealer.r', 'consent.own.r', 'consent.own_delete.d', 'invitation.holder.r', 'member.own_memberships.r', 'post_series.due.r', 'post_target.due.r', 'review_link.holder.r', 'workspace.own_memberships.r',
  ]);
});

test('the service roles are no superusers, cannot bypass policies, own nothing and do not belong to the owner', async () => {
  const roles = await database.admin(`
    select rolname as name, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
      pg_has_role(oid, 'rookery_owner', 'member') as owner, (select count(*)::int from pg_class where relowner = r.oid) as tables,
      (select count(*)::int from pg_proc where proowner = r.oid) as functions
    from pg_roles r where rolname in ('rookery_app', 'rookery_worker') order by 1`);
  const powerless = { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false, rolreplication: false, owner: false, tables: 0, functions: 0 };
  assert.deepEqual(roles, [{ name: 'rookery_app', ...powerless }, { name: 'rookery_worker', ...powerless }]);
});

test('of the audit events of all workspaces the worker sees ids, places and hashes, and nothing that is in them', async () => {
  const read = (columns: string): Promise<unknown> => database.worker.withScope({}, (db) => db.executeSql(`select ${columns} from audit_event`));
  await read('id, xid, leaf');
  for (const column of ['workspace_id', 'at', 'actor_id', 'action', 'entity_id', 'metadata', 'canon']) await assert.rejects(read(column), /permission denied/, column);
  assert.deepEqual((await database.worker.withScope({}, (db) => db.executeSql('select * from audit_personal'))).rows, []);
});

test('no function runs with the rights of its owner', async () => {
  assert.deepEqual(await database.admin(`select proname from pg_proc where pronamespace = 'rookery'::regnamespace and prosecdef`), []);
});

test('keys between tables of tenants carry the workspace on both sides', async () => {
  const rows = await database.admin(`
    select conrelid::regclass::text as here, confrelid::regclass::text as there, conname,
      array(select attname::text from pg_attribute where attrelid = conrelid and attnum = any (conkey)) as columns,
      array(select attname::text from pg_attribute where attrelid = confrelid and attnum = any (confkey)) as targets
    from pg_constraint where contype = 'f' and connamespace = 'rookery'::regnamespace`);
  assert.ok(rows.length >= 15, String(rows.length));
  const bare = (value: unknown): string => String(value).replace('rookery.', '');
  const tenants = rows.filter((row) => !withoutTenant.has(bare(row['here'])) && !withoutTenant.has(bare(row['there'])));
  const faults = tenants.filter((row) => {
    const target = tenantKeyOf(bare(row['there']));
    return !(Array.isArray(row['columns']) && row['columns'].includes('workspace_id') && Array.isArray(row['targets']) && row['targets'].includes(target));
  });
  assert.deepEqual(faults, []);
});

const workspaceId = '01900000-0000-7000-8000-000000000001';
const accountId = '01900000-0000-7000-8000-000000000002';
const scanId = '01900000-0000-7000-8000-000000000003';
const otherId = '01900000-0000-7000-8000-0000000000ff';

/** One row in every table of a tenant, by the administrator. */
before(async () => {
  for (const sql of [
    `insert into app_user (id, email, email_key, name, password_hash, created_at) values ('${otherId}', 'a@example.org', 'a@example.org', 'A', 'x', now())`,
    `insert into session (id, token_hash, user_id, created_at, last_seen_at, expires_at, ip, user_agent) values ('${otherId}', 'x', '${otherId}', now(), now(), now(), '', '')`,
    `insert into workspace (id, name, time_zone, created_at) values ('${workspaceId}', 'w', 'UTC', now())`,
    `insert into member values ('${workspaceId}', '${otherId}', 'owner', now())`,
    `insert into invitation (workspace_id, id, email, email_key, role, token_hash, created_at, expires_at) values ('${workspaceId}', '${otherId}', '', '', 'editor', 'x', now(), now())`,
    `insert into audit_event (id, workspace_id, at, actor_kind, action, entity_type, canon) values ('${otherId}', '${workspaceId}', now(), 'system', 'x', 'x', 'x')`,
    `insert into audit_personal (event_id, workspace_id, salt) values ('${otherId}', '${workspaceId}', 'x')`,
    `insert into account (workspace_id, id, network, external_id, handle, name, simulated, state, connected_at) values ('${workspaceId}', '${accountId}', 'x', '1', 'h', 'n', true, 'connected', now())`,
    `insert into account_token values ('${workspaceId}', '${accountId}', 'x', 'x', 'x', 1, null, now())`,
    `insert into posting_slot values ('${workspaceId}', '${accountId}', 1, 540)`,
    `insert into consent values ('${workspaceId}', 'x', '${otherId}', '${otherId}', 'x', null, 'x', 'x', now(), now())`,
    `insert into person (workspace_id, network, key, external_id, seen_at) values ('${workspaceId}', 'x', 1, '1', now())`,
    `insert into scan (workspace_id, account_id, id, kind, state, started_at) values ('${workspaceId}', '${accountId}', '${scanId}', 'full', 'running', now())`,
    `insert into scan_page values ('${workspaceId}', '${scanId}', 0, 0, '')`,
    `insert into audience_head (workspace_id, account_id) values ('${workspaceId}', '${accountId}')`,
    `insert into follower_change values ('${workspaceId}', '${accountId}', 1, 1, 'gained', now(), null, 1, '${scanId}')`,
    `insert into follower_missed values ('${workspaceId}', '${accountId}', 1, '${scanId}')`,
    `insert into metric_snapshot values ('${workspaceId}', '${accountId}', now(), 'followers', 1, 'measured')`,
    `insert into import (workspace_id, id, network, state, created_by, created_at) values ('${workspaceId}', '${otherId}', 'x', 'ready', '${otherId}', now())`,
    `insert into import_file values ('${workspaceId}', '${otherId}', 0, 'n', 1, null, 's')`,
    `insert into media (workspace_id, id, name, type, bytes, width, height, has_alpha, is_animated, placeholder, stored_as, created_at) values ('${workspaceId}', '${otherId}', 'n', 'image/png', 1, 1, 1, false, false, '', 's', now())`,
    `insert into media_form values ('${workspaceId}', '${otherId}', 'f', 'image/png', 1, 1, 1, 's', now())`,
    `insert into post_series (workspace_id, id, request_key, request_hash, state, content, targets, rule, author_name, created_at, updated_at) values ('${workspaceId}', '${otherId}', '${otherId}', 'x', 'active', '{}', '[]', '{}', 'n', now(), now())`,
    `insert into post (workspace_id, id, request_key, request_hash, content, author_name, created_at, updated_at) values ('${workspaceId}', '${otherId}', '${otherId}', 'x', '{}', 'n', now(), now())`,
    `insert into post_target (workspace_id, id, post_id, account_id, state, text_hash, priority) values ('${workspaceId}', '${otherId}', '${otherId}', '${accountId}', 'draft', 'x', 7)`,
    `insert into post_part (workspace_id, target_id, position, is_comment, key, created_at, text, media) values ('${workspaceId}', '${otherId}', 0, false, '${otherId}', now(), 't', '[]')`,
    `insert into publish_attempt (workspace_id, id, target_id, kind, part, fence, started_at, outcome) values ('${workspaceId}', '${otherId}', '${otherId}', 'send', 0, 1, now(), 'running')`,
    `insert into calendar_feed (workspace_id, id, user_id, name, token_hash, created_at) values ('${workspaceId}', '${otherId}', '${otherId}', 'n', 'x', now())`,
    `insert into account_cost values ('${workspaceId}', '${accountId}', '${otherId}', 0, '${otherId}', 1, now())`,
    `insert into post_metric values ('${workspaceId}', '${otherId}', now(), '[]')`,
    `insert into reading_cost values ('${workspaceId}', '${accountId}', '${otherId}', '2026-11-24', 1, now())`,
    `insert into snippet (workspace_id, id, kind, name, text, author_name, updated_at) values ('${workspaceId}', '${otherId}', 'template', 'n', '', 'n', now())`,
    `insert into post_approval (workspace_id, post_id, state, wall_time, zone, wanted_at, requested_by_name, requested_at) values ('${workspaceId}', '${otherId}', 'requested', '', '', now(), 'n', now())`,
    `insert into review_link (workspace_id, id, post_id, token_hash, label, may_decide, created_by_name, created_at, expires_at) values ('${workspaceId}', '${otherId}', '${otherId}', 'x', '', true, 'n', now(), now())`,
    `insert into post_comment (workspace_id, id, post_id, kind, author_name, text, created_at) values ('${workspaceId}', '${otherId}', '${otherId}', 'comment', 'n', 't', now())`,
  ]) await database.admin(sql);
});

async function tenantTables(): Promise<string[]> {
  return (await readTables()).map(({ name }) => name).filter((name) => !withoutTenant.has(name));
}

for (const role of ['app', 'worker'] as const) {
  test(`as ${role}, a transaction without a scope sees no row of any tenant, nor does another workspace's`, async () => {
    for (const table of await tenantTables()) {
      const seen = await database.admin(`select count(*)::int as n from ${table}`);
      assert.ok(Number(seen[0]?.['n']) > 0, `${table} has no row to hide: add one to this test`);
      // What the worker was not granted it cannot see either.
      const granted = await database.admin(`select has_table_privilege('rookery_${role}', 'rookery.${table}', 'select') as can`);
      if (granted[0]?.['can'] !== true) continue;
      const count = async (scope: object): Promise<unknown> =>
        (await database[role].withScope(scope, (db) => db.executeSql(`select count(*)::int as n from ${table}`))).rows;
      assert.deepEqual(await count({}), [{ n: 0 }], table);
      assert.deepEqual(await count({ workspaceId: otherId }), [{ n: 0 }], table);
      assert.deepEqual(await count({ workspaceId }), [{ n: 1 }], table);
    }
  });
}

test('a row for another workspace is refused, whatever the statement says', async () => {
  const write = database.app.withWorkspace(otherId, (db) =>
    db.executeSql(`insert into person (workspace_id, network, key, external_id, seen_at) values ('${workspaceId}', 'x', 2, '2', now())`));
  await assert.rejects(write, /row-level security/);
  const steal = database.app.withWorkspace(workspaceId, (db) => db.executeSql(`update person set workspace_id = '${otherId}'`));
  await assert.rejects(steal, /row-level security/);
});

test('the scope ends with its transaction', async () => {
  await database.app.withWorkspace(workspaceId, (db) => db.executeSql('select 1'));
  for (let connection = 0; connection < 10; connection += 1) {
    const { rows } = await database.app.withScope({}, (db) => db.executeSql('select count(*)::int as n from person'));
    assert.deepEqual(rows, [{ n: 0 }]);
  }
});

for (const command of ['update audit_event set action = \'y\'', 'delete from audit_event', 'truncate audit_event']) {
  test(`"${command}" is refused to the service roles for want of the right, and to the owner by the trigger`, async () => {
    for (const role of ['app', 'worker'] as const) {
      await assert.rejects(database[role].withWorkspace(workspaceId, (db) => db.executeSql(command)), /permission denied/);
    }
    for (const first of ['', `set local role rookery_owner; select set_config('app.workspace', '${workspaceId}', true);`, 'set local session_replication_role = replica;']) {
      await assert.rejects(database.admin(`begin; ${first} ${command}`), /cannot be changed or removed/);
      await database.admin('rollback');
    }
    assert.deepEqual(await database.admin('select action from audit_event'), [{ action: 'x' }]);
  });
}
