import { setTimeout as sleep } from 'node:timers/promises';
import { startFaultCrew } from './crew.ts';
import { settleSecondsMax, type FaultPlan } from './plan.ts';
import { listOpenNetworks, writePosts } from './posts.ts';
import { rage } from './rage.ts';
import { judge, type FaultReport } from './report.ts';
import { setFaultScene, type FaultScene } from './scene.ts';

/** Longer than may be, so that a run that breaks the promise can say by how much. */
const waitShare = 6;

/** Publishes many posts while everything that can break is broken at random, then counts what the networks have. */
export async function runPublishFaults(plan: FaultPlan): Promise<FaultReport> {
  const scene = await setFaultScene(plan);
  const startedMs = performance.now();
  const crew = await startFaultCrew(scene.workerParts, plan.workers);
  // Also when a signal ends this process in the middle.
  scene.harness.database.beforeEnd(() => crew.end());
  const counts = await rage(scene, crew, { plan, writing: writePosts(scene, plan) });
  const settled = await waitUntilSettled(scene);
  await crew.end();
  const rows = await judge(scene, settled);
  return { ...plan, ...counts, seconds: (performance.now() - startedMs) / 1000, crashes: crew.crashes, rows };
}

/** Seconds from now until nothing is open any more, by network; a network that is missing never came to an end. */
async function waitUntilSettled(scene: FaultScene): Promise<ReadonlyMap<string, number>> {
  const startedMs = performance.now();
  const settled = new Map<string, number>();
  while (settled.size < scene.networks.length && performance.now() - startedMs < settleSecondsMax * waitShare * 1000) {
    const open = await listOpenNetworks(scene);
    for (const network of scene.networks) if (!open.has(network) && !settled.has(network)) settled.set(network, (performance.now() - startedMs) / 1000);
    await sleep(100);
  }
  return settled;
}
