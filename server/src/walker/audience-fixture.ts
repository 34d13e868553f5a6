import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { connectWithPassword, finishConnect, listScans, startConnect, startSync, type Scan } from '@rookery/contract/accounts.ts';
import { commitImport, createImport, discardImport, getImport, listFollowers, readImport, sendImportFile, type Import } from '@rookery/contract/audience.ts';
import { writeExport } from '../features/imports/import-fixture.ts';
import { simulatorAppPassword } from '../providers/bluesky/simulator.ts';
import { driveConsent } from '../providers/simulation/drive-consent.ts';
import type { RunningSimulator } from '../providers/simulation/world.ts';
import type { WalkedApp } from './app-fixture.ts';
import { found, type Team } from './team-fixture.ts';

export { simulatorAppPassword };

const looksMax = 600;
const lookEveryMs = 25;

/** Looks until there is something to see; fails after a long while. */
async function waitFor<Value>(what: string, look: () => Promise<Value | null>): Promise<Value> {
  for (let count = 0; count < looksMax; count += 1) {
    const value = await look();
    if (value !== null) return value;
    await pause(lookEveryMs);
  }
  return assert.fail(`${what} did not come about`);
}

/** The accounts of one workspace at the simulated networks, by handle there. */
export interface AccountPlan {
  readonly x: string;
  readonly instagram: string;
  readonly bluesky: string;
}

export interface Audience {
  /** Connected, with followers, changes and a held scan. */
  readonly accountId: string;
  /** Connected, may be disconnected. */
  readonly spareAccountId: string;
  /** Connected by app password. */
  readonly passwordAccountId: string;
  readonly heldScanId: string;
  readonly personKey: string;
  /** Of a consent that nobody has answered yet. */
  readonly openState: string;
}

/** Connects accounts at three networks and has one of them synced three times: a start, a change, a list not to be believed. */
export async function gatherAudience(walked: WalkedApp, team: Team, plan: AccountPlan): Promise<Audience> {
  const { browser } = team.people.owner;
  const params = { workspaceId: team.workspaceId };
  const accountId = await connect(team, 'x', plan.x);
  const spareAccountId = await connect(team, 'instagram', plan.instagram);
  const byPassword = await browser.ok(connectWithPassword, { params, body: { network: 'bluesky', handle: plan.bluesky, password: simulatorAppPassword } });
  const simulator = found(walked.app.simulators?.get('x'));
  const heldScanId = await syncThrice(team, simulator, { accountId, handle: plan.x });
  const { followers } = await browser.ok(listFollowers, { params, query: { account: accountId, limit: 1 } });
  const { authorizeUrl } = await browser.ok(startConnect, { params, body: { network: 'x' } });
  return {
    accountId, spareAccountId, passwordAccountId: byPassword.account.id, heldScanId, personKey: found(followers[0]).person.key,
    openState: found(new URL(authorizeUrl).searchParams.get('state')),
  };
}

async function connect(team: Team, network: string, account: string): Promise<string> {
  const { browser } = team.people.owner;
  const { authorizeUrl } = await browser.ok(startConnect, { params: { workspaceId: team.workspaceId }, body: { network } });
  const back = await driveConsent(authorizeUrl, { account });
  const reply = await browser.call(finishConnect, { params: { network }, query: Object.fromEntries(back.searchParams) });
  return found(/^\/accounts\/([0-9a-f-]{36})\?connected=1$/.exec(reply.headers.location ?? '')?.[1]);
}

async function syncThrice(team: Team, { world, faults }: RunningSimulator, account: { accountId: string; handle: string }): Promise<string> {
  const there = found(world.accounts.find(({ handle }) => handle === account.handle)).id;
  world.freeze(true);
  await syncOnce(team, account.accountId, 'complete');
  world.unfollow(there, found(world.followersOf(there)[3]).id);
  world.follow(there);
  await syncOnce(team, account.accountId, 'complete');
  faults.truncateFollowersAt(Math.floor(world.followersOf(there).length / 3));
  const held = await syncOnce(team, account.accountId, 'held');
  faults.reset();
  return held.id;
}

async function syncOnce(team: Team, accountId: string, state: Scan['state']): Promise<Scan> {
  const { browser } = team.people.owner;
  const params = { workspaceId: team.workspaceId, accountId };
  const scans = async (): Promise<readonly Scan[]> => (await browser.ok(listScans, { params })).scans;
  const before = (await scans()).length;
  await browser.ok(startSync, { params, body: { kind: 'full' } });
  const scan = await waitFor('a sync', async () => {
    const now = await scans();
    return now.length > before && now.every((each) => each.state !== 'running') ? found(now[0]) : null;
  });
  assert.equal(scan.state, state, scan.reason ?? '');
  return scan;
}

export interface Imports {
  readonly empty: string;
  readonly withFile: string;
  readonly ready: string;
  readonly committed: string;
  readonly toDiscard: string;
}

/** Imports in every stage that a person can bring them to. */
export async function gatherImports(team: Team, mark: string): Promise<Imports> {
  const { browser } = team.people.owner;
  const params = { workspaceId: team.workspaceId };
  const begin = async (): Promise<string> => (await browser.ok(createImport, { params, body: { network: 'instagram', handle: `${mark}.shop` } })).import.id;
  const upload = async (importId: string, content: Buffer): Promise<string> => {
    const headers = { 'content-type': 'application/octet-stream' };
    const path = `${sendImportFile.path.replace(':workspaceId', params.workspaceId).replace(':importId', importId)}?name=${mark}.zip`;
    assert.equal((await team.people.owner.send({ method: 'PUT', path, headers, body: content })).status, 200);
    return importId;
  };
  const settle = async (importId: string, state: Import['state']): Promise<string> => waitFor(`an import that is ${state}`, async () => {
    const { import: seen } = await browser.ok(getImport, { params: { ...params, importId } });
    return seen.state === state ? importId : null;
  });
  const read = async (importId: string, state: Import['state'] = 'ready'): Promise<string> => {
    await browser.ok(readImport, { params: { ...params, importId }, body: {} });
    return settle(importId, state);
  };
  const handles = Array.from({ length: 9 }, (_, index) => `${mark}.fan${index}`);
  const first = writeExport(`${mark}.shop`, '2024-03-10', handles).content;
  const second = writeExport(`${mark}.shop`, '2024-04-10', [`${mark}.newcomer`, ...handles], new Date('2024-04-09T10:00:00Z')).content;
  const committed = await read(await upload(await begin(), first));
  await browser.ok(commitImport, { params: { ...params, importId: committed } });
  await settle(committed, 'committed');
  const ready = await read(await upload(await begin(), second));
  await read(await upload(await begin(), Buffer.from('this is no export')), 'failed');
  await browser.ok(discardImport, { params: { ...params, importId: await begin() } });
  return { committed, ready, empty: await begin(), withFile: await upload(await begin(), second), toDiscard: await begin() };
}
