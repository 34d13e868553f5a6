import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The real server of one test file. */
export interface BlueskyServer {
  readonly pdsOrigin: string;
  readonly plcOrigin: string;
  /** Calls the server as any client would, past our adapter: to set the scene. */
  post(method: string, body: Readonly<Record<string, unknown>>, bearer?: string): Promise<Readonly<Record<string, unknown>>>;
  close(): Promise<void>;
}

export async function startBlueskyServer(): Promise<BlueskyServer> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('serve.mjs', import.meta.url))], { stdio: ['pipe', 'pipe', 'pipe'] });
  const complaints: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString('utf8')));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  for await (const line of createInterface({ input: child.stdout })) {
    const origins = readOrigins(line);
    if (origins === null) continue;
    child.stdout.resume();
    return {
      ...origins,
      post: (method, body, bearer) => post(origins.pdsOrigin, method, body, bearer),
      close: async () => {
        child.stdin.end();
        await ended;
      },
    };
  }
  throw new Error(`The Bluesky server did not start:\n${complaints.join('').slice(-2000)}`);
}

function readOrigins(line: string): { pdsOrigin: string; plcOrigin: string } | null {
  const match = /^\{"pdsOrigin":"([^"]+)","plcOrigin":"([^"]+)"\}$/.exec(line);
  return match?.[1] === undefined || match[2] === undefined ? null : { pdsOrigin: match[1], plcOrigin: match[2] };
}

type Json = Readonly<Record<string, unknown>>;

async function post(origin: string, method: string, body: Json, bearer?: string): Promise<Json> {
  const response = await fetch(`${origin}/xrpc/${method}`, {
    method: 'POST', body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }) },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} answered ${response.status}: ${text}`);
  const json: unknown = text === '' ? {} : JSON.parse(text);
  return { ...(typeof json === 'object' ? json : {}) };
}
