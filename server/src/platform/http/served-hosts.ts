import type { IncomingMessage } from 'node:http';

const hostPattern = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?)(:\d{1,5})?$/;

/** Whether the request names, in exactly one Host header, a host that is served here. */
export type HostCheck = (request: IncomingMessage) => boolean;

/** `name` is served on any port, `name:port` on that one; throws on an entry that can not be a Host header. */
export function createHostCheck(baseUrl: URL, allowedHosts: readonly string[]): HostCheck {
  const served = new Set([baseUrl.hostname, ...allowedHosts.map((host) => host.toLowerCase())]);
  for (const host of served) {
    if (!hostPattern.test(host)) throw new Error(`Allowed host "${host}" must be a name or name:port, without scheme or path.`);
  }
  return (request) => {
    const host = request.headers.host?.toLowerCase();
    if (host === undefined || countHosts(request.rawHeaders) !== 1) return false;
    const match = hostPattern.exec(host);
    return match !== null && (served.has(host) || served.has(match[1] ?? ''));
  };
}

function countHosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  return count;
}
