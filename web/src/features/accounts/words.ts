import type { Account, Scan } from '@rookery/contract/accounts.ts';
import type { Capability, Network } from '@rookery/contract/networks.ts';

import { formatCount, formatPlural } from '../../platform/format.ts';
import type { Shape, Tone } from '../../ui/badge.tsx';
import type { ConnectProblem } from './search.ts';

export interface StateWords {
  readonly tone: Tone;
  readonly shape: Shape;
  readonly word: string;
}

/** A handle with one `@` before it, as people write it. */
export function showHandle(handle: string): string {
  return `@${handle.replace(/^@/, '')}`;
}

/** How an account is, as word and shape. `at` is when that was last seen, where an age belongs to it. */
export function healthOf(account: Account): StateWords & { readonly at: string | null } {
  const { state, lastScan, followersAt } = account;
  if (state === 'reconnect') return { tone: 'danger', shape: 'alert', word: 'Reconnect', at: null };
  if (state === 'disconnected') return { tone: 'neutral', shape: 'pause', word: 'Disconnected', at: null };
  if (state === 'import') return { tone: 'neutral', shape: 'ring', word: 'Imports only', at: null };
  if (lastScan?.state === 'running') return { tone: 'info', shape: 'half', word: 'Syncing now', at: null };
  if (lastScan?.state === 'held') return { tone: 'warning', shape: 'pause', word: 'Waits for your decision', at: null };
  if (lastScan?.state === 'failed') return { tone: 'warning', shape: 'alert', word: 'Last sync failed', at: lastScan.finishedAt };
  return { tone: 'success', shape: 'check', word: 'Healthy', at: lastScan?.finishedAt ?? followersAt };
}

const scanWords: Readonly<Record<Scan['state'], StateWords>> = {
  running: { tone: 'info', shape: 'half', word: 'Running' },
  complete: { tone: 'success', shape: 'check', word: 'Complete' },
  partial: { tone: 'warning', shape: 'quarter', word: 'Partial' },
  held: { tone: 'warning', shape: 'pause', word: 'Held' },
  discarded: { tone: 'neutral', shape: 'ring', word: 'Thrown away' },
  failed: { tone: 'danger', shape: 'alert', word: 'Failed' },
};

/** The state of a scan as word and shape. */
export function scanStateOf(scan: Scan): StateWords {
  return scanWords[scan.state];
}

/** What a scan looked at. */
export const scanKindWords: Readonly<Record<Scan['kind'], string>> = { full: 'Whole list', new: 'Newcomers', import: 'Import' };

/** How much of the list arrived, against what the network says there is. */
export function describeReceived(scan: Scan): string {
  const received = formatCount(scan.received);
  return scan.stated === null || scan.kind !== 'full' ? received : `${received} of ${formatCount(scan.stated)}`;
}

/** Why a scan is held, as evidence in sentences. */
export function describeEvidence(scan: Scan): string[] {
  const sentences = scan.reason === null ? [] : [scan.reason];
  const read = `${formatPlural(scan.received, 'follower')} on ${formatPlural(scan.pages, 'page')}`;
  sentences.push(scan.cursorClosed ? `The list was read to its end: ${read}.` : `The list had no clear end: ${read} were read.`);
  sentences.push(`Accepting it records ${formatPlural(scan.lost, 'person', 'people')} as gone and ${formatCount(scan.gained)} as new.`);
  return sentences;
}

const capabilityWords: Readonly<Partial<Record<Capability, string>>> = {
  followers: 'Lists who follows you, so you see who came and who left',
  'follower-status': 'Tells people who left from accounts that were suspended',
  metrics: 'Reads your follower count and other figures every day',
  import: 'Takes the data export that the network lets you download',
  publish: 'Publishes what you write here, at the time you choose',
  'post-metrics': 'Reads the likes, answers and other figures of what was published from here',
};

/** What can be done with a network here, in words, most wanted first. */
export function describeNetwork(network: Network): string[] {
  const order: readonly Capability[] = ['followers', 'follower-status', 'publish', 'post-metrics', 'metrics', 'import'];
  return order.flatMap((capability) => (network.capabilities.includes(capability) ? (capabilityWords[capability] ?? []) : []));
}

/** What Rookery does with the access, in one sentence. */
export function describeUse({ capabilities }: Pick<Network, 'capabilities'>): string {
  if (!capabilities.includes('publish')) return 'To read only. Rookery does not post, follow or change anything with it.';
  const removes = capabilities.includes('delete-post') ? ', and to delete those posts when you ask for it' : '';
  return `To read, to publish what people of this workspace write here${removes}. Rookery follows nobody and sends no messages.`;
}

/** Why consent led nowhere, and what to do now. */
export const problemWords: Readonly<Record<ConnectProblem, (networkName: string) => string>> = {
  denied: (name) => `${name} says that access was not granted. If you changed your mind, continue below and choose “allow” there.`,
  expired: () => 'The sign-in took longer than ten minutes, or this link was used before. Begin again below.',
  'other-session': () => 'The sign-in was begun in another browser or session. Begin again here, and finish it in this browser.',
  'other-account': (name) =>
    `You signed in to ${name} as somebody else than the account to reconnect. Sign out there, then continue as the right account. `
      + 'To add the other one too, connect it as a new account.',
  'not-allowed': () => 'Your role in this workspace does not allow connecting accounts any more. Ask an owner or admin.',
  network: (name) => `${name} did not answer as expected, so nothing was connected. Wait a minute, then try again.`,
  personal: (name) => `This is a personal account, and ${name} lets apps read only professional ones. `
    + `Switch it to a business or creator account in ${name}, then try again.`,
};

const dollarsMax = 1_000_000;

/** An amount as people type it, `5` or `$12.50`, in millionths of a dollar; null for anything else. */
export function readDollars(text: string): number | null {
  const match = /^\$?\s*(\d{1,7})(?:[.,](\d{1,2}))?$/.exec(text.trim());
  if (match === null) return null;
  const micros = Number(match[1]) * 1_000_000 + Number((match[2] ?? '').padEnd(2, '0')) * 10_000;
  return micros > dollarsMax * 1_000_000 ? null : micros;
}
