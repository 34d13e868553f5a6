import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4, SocketAddress } from 'node:net';

const mappedPrefix = '::ffff:';

/** One spelling for each address: IPv4-mapped IPv6 as IPv4, IPv6 compressed in lower case without a zone; null if it is none. */
export function normalizeAddress(address: string): string | null {
  const bare = address.replace(/%.*$/, '');
  if (isIPv4(bare)) return bare;
  if (isIP(bare) === 0) return null;
  const canonical = new SocketAddress({ address: bare, family: 'ipv6' }).address.toLowerCase();
  const tail = canonical.startsWith(mappedPrefix) ? canonical.slice(mappedPrefix.length) : '';
  return isIPv4(tail) ? tail : canonical;
}

/** Reads addresses and CIDR ranges; throws on anything else, naming it. */
export function readProxyList(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits, ...rest] = entry.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    const isRange = bits !== undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 'ipv4' ? 32 : 128);
    if (isIP(address) === 0 || rest.length > 0 || (bits !== undefined && !isRange)) {
      throw new Error(`Trusted proxy "${entry}" is neither an address nor a CIDR range such as 10.0.0.0/8.`);
    }
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

function isTrusted(proxies: BlockList, address: string): boolean {
  return proxies.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

/** The right-most address that no trusted proxy vouches for; what an untrusted peer claims is never read. */
export function readClientAddress(request: IncomingMessage, proxies: BlockList): string {
  let client = normalizeAddress(request.socket.remoteAddress ?? '') ?? '0.0.0.0';
  if (!isTrusted(proxies, client)) return client;
  const forwarded = request.headers['x-forwarded-for'];
  const hops = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')).split(',');
  for (const hop of hops.toReversed()) {
    const address = normalizeAddress(hop.trim());
    if (address === null) return client;
    client = address;
    if (!isTrusted(proxies, client)) return client;
  }
  return client;
}

/** Whether the caller spoke https, by the word of the nearest trusted proxy. */
export function isSecureRequest(request: IncomingMessage, proxies: BlockList): boolean {
  if ('encrypted' in request.socket && request.socket.encrypted === true) return true;
  const peer = normalizeAddress(request.socket.remoteAddress ?? '');
  if (peer === null || !isTrusted(proxies, peer)) return false;
  const claimed = request.headers['x-forwarded-proto'];
  const last = (Array.isArray(claimed) ? claimed.join(',') : (claimed ?? '')).split(',').at(-1) ?? '';
  return last.trim().toLowerCase() === 'https';
}
