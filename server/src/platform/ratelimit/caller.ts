import { isIPv6 } from 'node:net';

/** An address as limits count it: IPv6 by /64, since that is what one household or machine is given. Takes normalized addresses. */
export function addressSubject(ip: string): string {
  return isIPv6(ip) ? `${networkOf(ip)}::/64` : ip;
}

function networkOf(ip: string): string {
  const [head = '', tail] = ip.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  // An embedded IPv4 address takes the place of two groups.
  const given = before.length + after.length + (ip.includes('.') ? 1 : 0);
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - given) }, () => '0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
}
