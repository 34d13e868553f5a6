import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

export type Moment = 'asked' | 'answered';

/** Stands between a worker and a simulated network, and can hold a request before or after the network sees it. */
export interface Gate {
  readonly origin: string;
  /**
   * Holds the n-th request from now on whose path fits: `asked` before the network gets it, `answered` once it has answered
   * and the worker has not heard. Resolves when it is held; `open` lets it and everything else through.
   */
  hold(path: RegExp, moment: Moment, nth: number): Promise<void>;
  open(): void;
  close(): Promise<void>;
}

interface Hold {
  readonly path: RegExp;
  readonly moment: Moment;
  left: number;
  readonly reached: () => void;
  readonly opened: Promise<void>;
}

/** Listens on a free port of the loopback address and passes everything on to `target`. */
export async function openGate(target: string): Promise<Gate> {
  let held: Hold | null = null;
  let open = (): void => undefined;
  const wait = async (path: string, moment: Moment): Promise<void> => {
    const hold = held;
    if (hold === null || hold.moment !== moment || !hold.path.test(path)) return;
    hold.left -= 1;
    if (hold.left !== 0) return;
    hold.reached();
    await hold.opened;
  };
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    const path = request.url ?? '/';
    await wait(path, 'asked');
    const headers = Object.entries(request.headers).filter(([name]) => !['host', 'connection', 'content-length', 'transfer-encoding'].includes(name));
    const answer = await fetch(`${target}${path}`, {
      method: request.method ?? 'GET', headers: headers.map(([name, value]) => [name, String(value)]), redirect: 'manual',
      ...(body.length === 0 ? {} : { body }),
    });
    const content = Buffer.from(await answer.arrayBuffer());
    await wait(path, 'answered');
    const kept = [...answer.headers].filter(([name]) => !['connection', 'content-encoding', 'transfer-encoding', 'content-length'].includes(name));
    response.writeHead(answer.status, Object.fromEntries(kept)).end(content);
  };
  const server = createServer((request, response) => void pass(request, response).catch(() => response.destroy())).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the gate has no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    hold: (path, moment, nth) => new Promise((reached) => {
      const opened = new Promise<void>((resolve) => {
        open = resolve;
      });
      held = { path, moment, left: nth, reached, opened };
    }),
    open: () => {
      held = null;
      open();
    },
    close: async () => {
      open();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
