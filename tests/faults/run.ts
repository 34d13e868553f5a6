// `npm run faults -- publish`: the publish protocol against everything that can break, with a table of what came of it.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { allNetworks, type FaultPlan } from './plan.ts';

const usage = `npm run faults -- publish [--posts N] [--workers N] [--seed N] [--networks a,b] [--long]

Publishes posts to simulated networks with the product's own workers and database, while workers are killed (SIGKILL) and frozen past
their lease (SIGSTOP), answers are lost, cut and garbled, networks answer 429 and 503, and the database server is killed. At the end it
compares what the product says with what the networks have. Exits with 1 when a post was doubled, lost, or not at an end in time.

  --posts N       posts, each for every network (24; with --long 150)
  --workers N     worker processes (3; with --long 4)
  --seed N        which faults, in which order (a random one, which is printed)
  --networks a,b  of ${allNetworks.join(', ')} (all)
  --long          some hundred posts: takes about ten minutes

"once" is a network that can neither be told twice nor be asked: what is in doubt there must wait for a person.`;

class UsageError extends Error {}

function readPlan(args: readonly string[]): FaultPlan | null {
  const { values, positionals } = parse(args);
  if (values.help === true) return null;
  if (positionals.length !== 1 || positionals[0] !== 'publish') throw new UsageError('Say what to run: publish.');
  const isLong = values.long === true;
  return {
    posts: readNumber('posts', values.posts, isLong ? 150 : 24),
    workers: readNumber('workers', values.workers, isLong ? 4 : 3),
    seed: readNumber('seed', values.seed, randomInt(1_000_000)),
    networks: readNetworks(values.networks),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args], allowPositionals: true,
      options: {
        posts: { type: 'string' }, workers: { type: 'string' }, seed: { type: 'string' }, networks: { type: 'string' },
        long: { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'These arguments cannot be read.');
  }
}

function readNumber(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new UsageError(`--${name} takes a whole number from 1 to 9999999.`);
  return Number(text);
}

function readNetworks(text: string | undefined): readonly string[] {
  if (text === undefined) return allNetworks;
  const wanted = new Set(text.split(','));
  const known = allNetworks.filter((network) => wanted.delete(network));
  if (wanted.size > 0) throw new UsageError(`--networks knows ${allNetworks.join(', ')}, and not ${[...wanted].join(', ')}.`);
  return known;
}

async function main(): Promise<number> {
  const plan = readPlan(process.argv.slice(2));
  if (plan === null) {
    console.log(usage);
    return 0;
  }
  // The database server is killed as well: it must be one of our own.
  delete process.env['ROOKERY_TEST_PG'];
  const { runPublishFaults } = await import('./publish.ts');
  const { listBroken, tableOf } = await import('./report.ts');
  const { endTestServer } = await import('../../server/src/platform/testing/server.ts');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void endTestServer().finally(() => process.exit(130)));
  console.log(`seed ${plan.seed}: ${plan.posts} posts for each of ${plan.networks.join(', ')}`);
  try {
    const report = await runPublishFaults(plan);
    console.log(`\n${tableOf(report)}`);
    const broken = listBroken(report);
    console.log(broken.length === 0 ? '\nEvery promise was kept.' : `\nBROKEN, to repeat it use --seed ${plan.seed}:\n${broken.map((line) => `- ${line}`).join('\n')}`);
    return broken.length === 0 ? 0 : 1;
  } finally {
    await endTestServer();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof UsageError ? `${error.message}\n\n${usage}` : error);
  process.exitCode = 1;
}
process.exit();
