// How much of a bare Fastify route's rate is left when the same small JSON goes through the HTTP layer: host and target checks,
// session and CSRF state, checked query and reply, security headers, request line. Prints one ratio; run: node bench/http-shell.ts
import { Agent, request } from 'node:http';
import { endpoint } from '@rookery/contract/endpoint.ts';
import { integer, object, optional, string } from '@rookery/contract/schema.ts';
import fastify from 'fastify';
import { bindRoutes } from '../server/src/platform/http/bound-route.ts';
import { route } from '../server/src/platform/http/route.ts';
import { createHttpServer } from '../server/src/platform/http/server.ts';

const rounds = 6;
const requestsPerRound = 3000;
const inFlight = 16;
const path = '/api/small';
const answer = { id: 'x1', name: 'a small reply', count: 42 };

async function startShell(): Promise<{ origin: string; close: () => Promise<void> }> {
  const small = endpoint({
    id: 'small',
    method: 'GET',
    path,
    access: 'user',
    summary: 'A small reply',
    query: object({ limit: optional(integer()) }),
    reply: object({ id: string(), name: string(), count: integer() }),
  });
  const silence = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const server = createHttpServer<{ id: string }>({
    config: { baseUrl: 'http://127.0.0.1', allowedHosts: [], corsOrigins: [], trustedProxies: [], staticDirectory: null },
    routes: bindRoutes({ access: 'user', routes: [route(small, async () => answer)], buildContext: async () => ({}) }),
    log: silence,
    secrets: { csrfKey: Buffer.alloc(32) },
    authenticate: async (token) => ({ id: token }),
  });
  const { origin } = await server.listen('127.0.0.1', 0);
  return { origin, close: () => server.close() };
}

async function startBare(): Promise<{ origin: string; close: () => Promise<void> }> {
  const server = fastify();
  const response = {
    200: { type: 'object', properties: { id: { type: 'string' }, name: { type: 'string' }, count: { type: 'integer' } } },
  };
  server.get(path, { schema: { response } }, async () => answer);
  return {
    origin: await server.listen({ host: '127.0.0.1', port: 0 }),
    close: async () => {
      await server.close();
    },
  };
}

const headers = {
  cookie: 'rookery=0123456789abcdef0123456789abcdef',
  'user-agent': 'bench',
  accept: 'application/json',
  'accept-encoding': 'gzip, br, zstd',
};

function get(origin: string, agent: Agent): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  request(`${origin}${path}?limit=5`, { agent, headers }, (response) => {
    if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
    response.resume().on('end', resolve);
  })
    .on('error', reject)
    .end();
  return promise;
}

/** Milliseconds of this process's CPU per request; client and server share it, so the ratio is a lower bound of the server's share. */
async function measure(origin: string): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  const start = process.cpuUsage();
  let left = requestsPerRound;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await get(origin, agent);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  const { user, system } = process.cpuUsage(start);
  agent.destroy();
  return (user + system) / 1000 / requestsPerRound;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const shell = await startShell();
const bare = await startBare();
const taken = { shell: [0], bare: [0] };
await measure(shell.origin);
await measure(bare.origin);
taken.shell.length = 0;
taken.bare.length = 0;
for (let round = 0; round < rounds; round += 1) {
  taken.bare.push(await measure(bare.origin));
  taken.shell.push(await measure(shell.origin));
}
await shell.close();
await bare.close();
const [shellMs, bareMs] = [median(taken.shell), median(taken.bare)];
console.log(`bare Fastify ${(bareMs * 1000).toFixed(0)} us, shell ${(shellMs * 1000).toFixed(0)} us of CPU per request, client included`);
console.log(`ratio ${(bareMs / shellMs).toFixed(2)}`);
