import { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { getCsrf } from '@rookery/contract/auth.ts';
import { AppError } from '../errors.ts';
import {
  bounds,
  listItems,
  createItem,
  echo,
  fail,
  signInHere,
  signOutHere,
  sendBytes,
  goTo,
  follow,
  getFile,
  probe,
  longText,
  longSecret,
} from './fixture-endpoints.ts';
import { bindRoutes, type BoundRoute } from './bound-route.ts';
import { route, type RequestFacts } from './route.ts';
import { createHttpServer } from './server.ts';
import type { HttpConfig, HttpServerOptions } from './server-options.ts';
import { openBrowser, type TestBrowser } from './testing.ts';

/** A small product for the tests of the HTTP layer: a session is any token that starts with `live-`. */
export interface TestSession {
  readonly userId: string;
}

export const ownToken = 'live-0123456789abcdef';
/** What the test's handlers saw and do; each server has its own. */
export interface World {
  readonly revoked: Set<string>;
  readonly logged: { level: string; fields: object; message: string }[];
  readonly sends: Set<(data: unknown) => void>;
  stopped: number;
  admitted: boolean;
  sawAbort: number;
  /** The body that a handler refused unread. */
  ignored: Readable | null;
  /** The last file that was answered. */
  file: Readable | null;
}

interface PublicContext {
  readonly facts: RequestFacts;
}
interface UserContext {
  readonly userId: string;
}

const item = { id: bounds.workspaceId, name: 'one', size: null, at: '2026-01-02T03:04:05.000Z', kind: 'a' } as const;

const publicRoutes = [
  route(getCsrf, async (_context: PublicContext, { reply }) => ({ token: reply.csrfToken() })),
  route(echo, async ({ facts }: PublicContext) => ({ ip: facts.ip, userAgent: facts.userAgent })),
  route(fail, async (_context: PublicContext, { query }) => {
    if (query.code === 'conflict') throw new AppError('conflict', 'Someone else was faster.');
    throw new Error('secret-canary at /srv/app.ts');
  }),
  route(signInHere, async (_context: PublicContext, { reply }) => {
    reply.setSession(ownToken, new Date('2031-01-01T00:00:00Z'));
    return { csrfToken: reply.csrfToken() };
  }),
  route(goTo, async (_context: PublicContext, { query }) => ({ redirectTo: query.to })),
  route(probe, async (_context: PublicContext) => ({ ok: true })),
  route(longText, async (_context: PublicContext, { query }) => ({ text: 'word '.repeat(query.length / 5) })),
  route(longSecret, async (_context: PublicContext, { query }) => ({ text: 'word '.repeat(query.length / 5) })),
];

function userRoutes(world: World) {
  return [
    route(createItem, async ({ userId }: UserContext, { body }) => ({ name: body.name, userId })),
    route(signOutHere, async (_context: UserContext, { reply }) => {
      reply.clearSession();
      return { csrfToken: reply.csrfToken() };
    }),
    route(sendBytes, async (_context: UserContext, { stream, query, signal }) => {
      signal.addEventListener('abort', () => {
        world.sawAbort += 1;
      });
      if (query.ignore === true) {
        world.ignored = stream;
        throw new AppError('conflict');
      }
      let bytes = 0;
      let chunks = 0;
      for await (const chunk of stream) {
        bytes += Buffer.byteLength(chunk);
        chunks += 1;
        if (query.slow === true)
          await new Promise((resolve) => {
            setTimeout(resolve, 5);
          });
      }
      return { bytes, chunks };
    }),
    route(getFile, async (_context: UserContext, { query }) => {
      world.file = Readable.from(filePieces(query.mode ?? ''), { objectMode: false });
      const isImage = query.mode === 'image';
      return {
        type: query.mode === 'misfit' ? 'text/html' : isImage ? 'image/png' : 'text/csv; charset=utf-8',
        stream: world.file, bytes: isImage ? 3 : null, saveAs: query.saveAs ?? null, isImmutable: isImage,
      };
    }),
    route(follow, async (_context: UserContext) => ({
      start: (send) => {
        world.sends.add(send);
        return () => {
          world.sends.delete(send);
          world.stopped += 1;
        };
      },
    })),
  ];
}

async function* filePieces(mode: string): AsyncGenerator<Buffer> {
  yield Buffer.from('a,b');
  if (mode === 'broken') throw new Error('secret-canary at /srv/disk');
  for (let count = 0; mode === 'endless' && count < 1_000_000; count += 1) yield Buffer.alloc(65_536);
}

const workspaceRoutes = [
  route(listItems, async (_context: UserContext, { query }) => {
    // Stray columns, as a careless `select *` would bring them.
    if (query.mode === 'stray')
      return { items: [{ ...item, passwordHash: 'canary' }], owner: { name: 'o', token: 'canary' }, hidden: 'canary' };
    if (query.mode === 'misfit') return { items: [{ ...item, at: 'canary, not an instant' }], owner: null };
    return { items: [{ ...item, name: `${query.q ?? ''}|${query.limit ?? ''}|${query.verified ?? ''}` }], owner: null };
  }),
];

export function testRoutes(world: World): BoundRoute<TestSession>[] {
  const asUser = async ({ session }: { session: TestSession | null }): Promise<UserContext> => {
    if (session === null) throw new AppError('not-signed-in');
    return session;
  };
  return [
    ...bindRoutes({ access: 'public', routes: publicRoutes, buildContext: async ({ facts }: { facts: RequestFacts }) => ({ facts }) }),
    ...bindRoutes({ access: 'user', routes: userRoutes(world), buildContext: asUser }),
    ...bindRoutes({
      access: 'permission',
      routes: workspaceRoutes,
      buildContext: async (call: { session: TestSession | null; params: Readonly<Record<string, string>> }) => {
        if (call.params['workspaceId'] !== bounds.workspaceId) throw new AppError('not-found');
        return asUser(call);
      },
    }),
  ];
}

export interface TestServer {
  readonly origin: string;
  readonly browser: TestBrowser;
  readonly world: World;
  readonly close: () => Promise<void>;
}

/** Starts the small product on a free port; it is closed when the test ends. */
export async function startTestServer(t: Pick<TestContext, 'after'>, config: Partial<HttpConfig> = {}): Promise<TestServer> {
  const world: World = { revoked: new Set(), logged: [], sends: new Set(), stopped: 0, admitted: true, sawAbort: 0, ignored: null, file: null };
  const keep =
    (level: string) =>
    (fields: object, message: string): void => {
      world.logged.push({ level, fields, message });
    };
  const options: HttpServerOptions<TestSession> = {
    config: {
      baseUrl: 'http://127.0.0.1',
      allowedHosts: [],
      corsOrigins: [],
      trustedProxies: [],
      staticDirectory: null,
      closeGraceMs: 300,
      ...config,
    },
    routes: testRoutes(world),
    log: { info: keep('info'), warn: keep('warn'), error: keep('error') },
    secrets: { csrfKey: Buffer.alloc(32, 7) },
    authenticate: async (token) => (token.startsWith('live-') && !world.revoked.has(token) ? { userId: token.slice(5) } : null),
    admit: async () => ({ isAdmitted: world.admitted, retryAfterSeconds: 42, headers: { RateLimit: '"x";r=0;t=42' } }),
  };
  const server = createHttpServer(options);
  const { origin } = await server.listen('127.0.0.1', 0);
  const close = (): Promise<void> => server.close();
  t.after(close);
  return { origin, world, browser: openBrowser(origin), close };
}
