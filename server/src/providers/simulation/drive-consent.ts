/**
 * Opens a simulator's authorize URL, chooses the account (by name, handle or id; the first without one) and answers the form as
 * a browser would. Answers where the simulator redirects to, or throws with the page when it does not.
 */
export async function driveConsent(
  authorizeUrl: string,
  choice: { account?: string; decision?: 'allow' | 'deny'; fetch?: typeof globalThis.fetch } = {},
): Promise<URL> {
  const send = choice.fetch ?? globalThis.fetch;
  const page = await send(authorizeUrl);
  const html = await page.text();
  if (page.status !== 200) throw new Error(`The consent page answered ${page.status}: ${html}`);
  const account = accountIn(html, choice.account);
  const fields = { ticket: fieldIn(html, /name="ticket" value="([^"]*)"/), account, decision: choice.decision ?? 'allow' };
  const action = new URL(fieldIn(html, /<form method="post" action="([^"]*)"/), authorizeUrl);
  const answer = await send(action, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
  const location = answer.headers.get('location');
  if (location === null) throw new Error(`The consent page did not redirect: ${answer.status} ${await answer.text()}`);
  return new URL(location);
}

function fieldIn(html: string, pattern: RegExp): string {
  const found = pattern.exec(html)?.[1];
  if (found === undefined) throw new Error(`The page has nothing like ${String(pattern)}: ${html}`);
  return found;
}

function accountIn(html: string, wanted: string | undefined): string {
  const rows = [...html.matchAll(/name="account" value="([^"]*)"[^>]*>([^<]*)/g)];
  const row = rows.find(([, id, label = '']) => wanted === undefined || id === wanted || label.includes(wanted));
  const id = row?.[1];
  if (id === undefined) throw new Error(`The page offers no account "${wanted ?? ''}".`);
  return id;
}
