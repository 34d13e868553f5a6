import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { AppError } from '../errors.ts';

/** Our own origin and those of other front ends that the operator named. */
export interface Origins {
  readonly own: string;
  readonly foreign: ReadonlySet<string>;
}

/** Reads the configured origins; throws on one that is no plain http(s) origin. */
export function readOrigins(baseUrl: URL, corsOrigins: readonly string[]): Origins {
  for (const origin of corsOrigins) {
    const parsed = URL.canParse(origin) ? new URL(origin) : null;
    if (parsed === null || parsed.origin !== origin || !/^https?:$/.test(parsed.protocol)) {
      throw new Error(`CORS origin "${origin}" must be an exact origin such as https://app.example, without path or wildcard.`);
    }
  }
  return { own: baseUrl.origin, foreign: new Set(corsOrigins) };
}

/** Lets a named foreign origin read the reply; others get nothing to read. */
export function allowForeignOrigin(origin: string | undefined, origins: Origins, response: ServerResponse): void {
  if (origin === undefined || !origins.foreign.has(origin)) return;
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Allow-Credentials', 'true');
  response.setHeader('Access-Control-Expose-Headers', 'Retry-After, RateLimit, RateLimit-Policy, X-Request-Id');
}

/** Headers that answer a preflight from a named origin. */
export function preflightHeaders(methods: readonly string[]): Record<string, string> {
  return {
    'Access-Control-Allow-Methods': methods.join(', '),
    'Access-Control-Allow-Headers': 'content-type, authorization, x-csrf-token, x-csrftoken',
    'Access-Control-Max-Age': '600',
  };
}

/** Refuses a state-changing call that another site made the browser send: Fetch Metadata first, then Origin, else Referer. */
export function refuseCrossSite(headers: IncomingHttpHeaders, origins: Origins): void {
  const origin = headers.origin ?? originOf(headers.referer);
  if (origin !== undefined && origins.foreign.has(origin)) return;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new AppError('cross-site');
  if (origin !== undefined && origin !== origins.own) throw new AppError('cross-site');
}

function originOf(referer: string | undefined): string | undefined {
  if (referer === undefined) return undefined;
  return URL.canParse(referer) ? new URL(referer).origin : 'null';
}
