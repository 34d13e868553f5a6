import { createHash } from 'node:crypto';
import type { SimulatedReply } from './request.ts';
import type { SimulatedAccount } from './world.ts';

export interface ConsentPage {
  readonly networkName: string;
  readonly accounts: readonly Pick<SimulatedAccount, 'id' | 'handle' | 'name'>[];
  readonly scopes: readonly string[];
  /** Where the form posts to, on the simulator: fields `ticket`, `account` and `decision` (`allow` or `deny`). */
  readonly action: string;
  /** One-use proof that this page came before the answer. */
  readonly ticket: string;
  /** Where the answer will be redirected to; browsers check redirects of a form against its policy. */
  readonly redirectUri: string;
  /** Name of the asking app, where the network shows one. */
  readonly clientName?: string;
  /** Shown above the form, for instance why the last try was refused. */
  readonly notice?: string;
}

const style = `body{font:16px/1.5 system-ui,sans-serif;margin:0;color:#1c1c1c;background:#f4f4f2}
main{max-width:34rem;margin:2rem auto;padding:1.5rem;background:#fff;border:1px solid #c9c9c4;border-radius:8px}
.banner{margin:0;padding:.75rem 1rem;background:#5a3300;color:#fff;text-align:center;font-weight:600}
h1{font-size:1.4rem;margin-top:0}fieldset{border:1px solid #c9c9c4;border-radius:6px;margin:1rem 0}
label{display:block;padding:.35rem 0}.notice{padding:.5rem .75rem;border-left:4px solid #a32020;background:#fbeaea}
button{font:inherit;padding:.6rem 1.4rem;border-radius:6px;border:1px solid #1c1c1c;background:#fff;cursor:pointer}
button.allow{background:#1c1c1c;color:#fff}button:focus-visible,input:focus-visible{outline:3px solid #1a5fd0;outline-offset:2px}`;
const styleHash = createHash('sha256').update(style).digest('base64');

export function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replaceAll(/[&<>"']/g, (character) => names[character] ?? '');
}

/** The page on which a person chooses an account and allows or denies; it never passes for the real network. */
export function renderConsentPage(page: ConsentPage): SimulatedReply {
  const accounts = page.accounts.map(
    (account, position) =>
      `<label><input type="radio" name="account" value="${escapeHtml(account.id)}"${position === 0 ? ' checked' : ''}> ` +
      `${escapeHtml(account.name)} (@${escapeHtml(account.handle)})</label>`,
  );
  const notice = page.notice === undefined ? '' : `<p class="notice" role="alert">${escapeHtml(page.notice)}</p>`;
  const body = `<h1>${escapeHtml(page.clientName ?? 'An app')} asks for access to your account</h1>${notice}
<form method="post" action="${escapeHtml(page.action)}">
<input type="hidden" name="ticket" value="${escapeHtml(page.ticket)}">
<fieldset><legend>Account</legend>${accounts.join('\n')}</fieldset>
<p>It asks for:</p><ul>${page.scopes.map((scope) => `<li><code>${escapeHtml(scope)}</code></li>`).join('')}</ul>
<p><button class="allow" name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button></p>
</form>`;
  return htmlReply(200, { networkName: page.networkName, title: 'Allow access?', body, formTargets: [page.redirectUri] });
}

/** A page that says why consent cannot go on; like the real networks, it does not redirect to an address it doubts. */
export function renderErrorPage(networkName: string, status: number, message: string): SimulatedReply {
  const body = `<h1>Something went wrong</h1><p role="alert">${escapeHtml(message)}</p>`;
  return htmlReply(status, { networkName, title: 'Something went wrong', body, formTargets: [] });
}

/** A policy source for an address: its origin, or its scheme where the scheme has no origins. */
function formSourceOf(address: string): string {
  const url = URL.parse(address);
  if (url === null) return '';
  return url.origin === 'null' ? url.protocol : url.origin;
}

function htmlReply(
  status: number,
  page: { networkName: string; title: string; body: string; formTargets: readonly string[] },
): SimulatedReply {
  const name = escapeHtml(page.networkName);
  const targets = page.formTargets.map(formSourceOf);
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; frame-ancestors 'none'; ` +
        `form-action 'self' ${targets.join(' ')}`.trim(),
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    },
    body: `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(page.title)} - simulated ${name}</title><style>${style}</style></head>
<body><header class="banner">Simulated ${name} — not the real one</header><main>${page.body}</main></body></html>`,
  };
}
