import { BlockList, isIP } from 'node:net';

/** What kind of place a host names, as far as its text alone tells: a name that is no address counts as `public`. */
export type AddressKind = 'public' | 'private' | 'forbidden';

const privateRanges = new BlockList();
const forbiddenRanges = new BlockList();
const globalUnicast = new BlockList();
const globalExceptions = new BlockList();

// Private: reachable on purpose during development (simulators) or on an operator's own network.
for (const [address, prefix] of [['127.0.0.0', 8], ['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16], ['100.64.0.0', 10]] as const) {
  privateRanges.addSubnet(address, prefix, 'ipv4');
}
privateRanges.addAddress('::1', 'ipv6');
privateRanges.addSubnet('fc00::', 7, 'ipv6');

// Forbidden whatever the setting: link-local (cloud metadata answers there), "this host", reserved, documentation, multicast.
for (const [address, prefix] of [
  ['0.0.0.0', 8], ['169.254.0.0', 16], ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.88.99.0', 24], ['198.18.0.0', 15],
  ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 4], ['240.0.0.0', 4], ['100.100.100.200', 32],
] as const) {
  forbiddenRanges.addSubnet(address, prefix, 'ipv4');
}
forbiddenRanges.addAddress('fd00:ec2::254', 'ipv6');

// IPv6 is an allow-list: only global unicast, without the blocks that embed an IPv4 address or are for documentation.
globalUnicast.addSubnet('2000::', 3, 'ipv6');
for (const [address, prefix] of [['2001::', 23], ['2001:db8::', 32], ['2002::', 16], ['3fff::', 20]] as const) {
  globalExceptions.addSubnet(address, prefix, 'ipv6');
}

/** Sorts an IP address in text form; IPv6 without brackets. IPv4 inside IPv6 (`::ffff:…`) is forbidden: it only serves to hide. */
export function classifyIp(address: string): AddressKind {
  if (isIP(address) === 4) {
    if (forbiddenRanges.check(address, 'ipv4')) return 'forbidden';
    return privateRanges.check(address, 'ipv4') ? 'private' : 'public';
  }
  // BlockList also matches a mapped IPv4 address against its IPv4 rules, so ask for that form first.
  if (address.toLowerCase().startsWith('::ffff:')) return 'forbidden';
  if (forbiddenRanges.check(address, 'ipv6')) return 'forbidden';
  if (privateRanges.check(address, 'ipv6')) return 'private';
  return globalUnicast.check(address, 'ipv6') && !globalExceptions.check(address, 'ipv6') ? 'public' : 'forbidden';
}

/** Sorts the host of a parsed URL, which has already brought `127.1`, `0x7f.1` and full-width digits into dotted form. */
export function classifyHost(hostname: string): AddressKind {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.+$/, '').toLowerCase();
  if (host === '') return 'forbidden';
  if (isIP(host) !== 0) return classifyIp(host);
  if (host === 'metadata.google.internal' || host === 'metadata') return 'forbidden';
  if (host === 'localhost' || /\.(localhost|local|internal|lan|home\.arpa)$/.test(host)) return 'private';
  return 'public';
}
