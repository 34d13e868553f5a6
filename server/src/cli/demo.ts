import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getBootstrap, signUp } from '@rookery/contract/auth.ts';
import { createDemo } from '@rookery/contract/demo.ts';
import type { Endpoint } from '@rookery/contract/endpoint.ts';
import type { RunningApp } from '../app.ts';
import { loadDemoConfig, type Config } from '../platform/config/config.ts';
import { runServer } from '../run.ts';

const email = 'demo@example.org';

/** Calls this server as a browser does, with the cookies that it was given. */
function openClient(app: RunningApp, config: Config): (endpoint: Endpoint, body?: object) => Promise<Response> {
  const cookies = new Map<string, string>();
  let csrf = '';
  return async ({ path, method }, body) => {
    const reply = await fetch(`${app.origin ?? config.baseUrl}${path}`, {
      method, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '), 'x-csrftoken': csrf,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
    });
    for (const line of reply.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (name !== undefined && value !== undefined) cookies.set(name, value);
    }
    if (!reply.ok) throw new Error(`The demo could not be made: ${method} ${path} answered ${reply.status} ${await reply.text()}`);
    // Guarantee: where there is a token in the answer it is a text, as the contract says.
    const { csrfToken } = (await reply.clone().json()) as { csrfToken?: string };
    csrf = csrfToken ?? csrf;
    return reply;
  };
}

/** The first user and their demo workspace, made through the API like any other. Password and workspace stay in the data folder. */
async function makeDemo(app: RunningApp, config: Config, keptIn: string): Promise<void> {
  const setupToken = /#setup=(.+)$/.exec(app.setupLink ?? '')?.[1];
  const password = randomBytes(12).toString('base64url');
  // Kept before it is used: nobody could sign in with a password that was lost in between.
  await writeFile(keptIn, `${password}\n`, { mode: 0o600 });
  const call = openClient(app, config);
  await call(getBootstrap);
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  await call(signUp, { email, name: 'Robin Demo', password, setupToken, workspaceName: 'Empty workspace', timeZone });
  // Guarantee: the answer that the contract promises.
  const { workspaceId } = (await (await call(createDemo)).json()) as { workspaceId: string };
  await writeFile(keptIn, `${password}\n${workspaceId}\n`, { mode: 0o600 });
}

async function announce(app: RunningApp, config: Config): Promise<void> {
  const keptIn = join(config.dataDirectory, 'demo-sign-in');
  const isNew = app.setupLink !== null;
  if (isNew) await makeDemo(app, config, keptIn);
  const [password = '', workspaceId = ''] = (await readFile(keptIn, 'utf8').catch(() => '')).split('\n');
  console.log(`Rookery's demo is ready: ${config.baseUrl}${workspaceId === '' ? '' : `/?ws=${workspaceId}`}`);
  console.log(password === '' ? 'Sign in as before.' : `Sign in as ${email} with the password ${password}`);
  if (isNew) console.log('Its workspace fills with 90 days of simulated history; that takes about a minute. Ctrl-C stops it all.');
}

await runServer(loadDemoConfig, announce);
