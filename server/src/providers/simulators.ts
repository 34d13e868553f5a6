import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../platform/clock.ts';
import { createTravellingClock } from './simulation/time-travel.ts';
import type { RunningSimulator, SimulatorOptions } from './simulation/world.ts';

export interface SimulatorsOptions {
  readonly clock: Clock;
  /** Where each simulator keeps its state over a restart; null keeps it in memory. */
  readonly dataDirectory: string | null;
  /** Network ids; by default all that can be simulated. */
  readonly which?: readonly string[];
  /** The n-th simulated network listens on basePort + n, always the same one for a network; 0 picks free ports. */
  readonly basePort: number;
  /** Opens each one's control surface. */
  readonly control?: boolean;
}

type StartSimulator = (options: SimulatorOptions) => Promise<RunningSimulator>;

/** Loaded only when asked for: a server without simulated networks never has their code in memory. */
const starters: readonly (readonly [string, () => Promise<StartSimulator>])[] = [
  ['instagram', async () => (await import('./instagram/simulator.ts')).startInstagramSimulator],
  ['x', async () => (await import('./x/simulator.ts')).startXSimulator],
  ['bluesky', async () => (await import('./bluesky/simulator.ts')).startBlueskySimulator],
  ['mastodon', async () => (await import('./mastodon/simulator.ts')).startMastodonSimulator],
];

export interface RunningSimulators {
  /** Origin by network id, as ProviderEnvironment wants it; null for a network that is not simulated. */
  originOf(id: string): string | null;
  get(id: string): RunningSimulator | null;
  close(): Promise<void>;
}

/** Starts the asked-for simulated networks on loopback. When one fails to start, those that did are stopped again. */
export async function startSimulators(options: SimulatorsOptions): Promise<RunningSimulators> {
  const { which, basePort, dataDirectory } = options;
  const clock = createTravellingClock(options.clock);
  const unknown = which?.find((id) => !starters.some(([known]) => known === id));
  if (unknown !== undefined) {
    throw new Error(`"${unknown}" is not a network that can be simulated. Choose from ${starters.map(([id]) => id).join(', ')}.`);
  }
  if (dataDirectory !== null) await mkdir(dataDirectory, { recursive: true });
  const running = new Map<string, RunningSimulator>();
  const close = async (): Promise<void> => {
    await Promise.all([...running.values()].map((simulator) => simulator.close()));
  };
  try {
    for (const [index, [id, load]] of starters.entries()) {
      if (which !== undefined && !which.includes(id)) continue;
      const start = await load();
      running.set(id, await start({
        clock, seed: index + 1, port: basePort === 0 ? 0 : basePort + index,
        stateFile: dataDirectory === null ? null : join(dataDirectory, `${id}.json`), control: options.control ?? false,
      }));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { originOf: (id) => running.get(id)?.origin ?? null, get: (id) => running.get(id) ?? null, close };
}
