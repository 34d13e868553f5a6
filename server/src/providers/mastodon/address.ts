import { ProviderError } from '../provider.ts';

/** A server: where it is reached, and the name that ids carry. */
export interface MastodonServer {
  readonly origin: string;
  readonly host: string;
}

/** The simulator's constant name: its port changes with every start, ids must not. */
const simulatedHost = 'mastodon.simulated';
const invisible = /[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad]/g;
const hostPattern = /^(?=.{4,253}$)([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})$/;

/**
 * Reads what a person typed (`mastodon.social`, `@me@mastodon.social`, a profile's address) into the server meant. Throws
 * ProviderError `rejected` with what to type instead.
 */
export function parseServer(typed: string | null, simulatorOrigin: string | null): MastodonServer {
  if (simulatorOrigin !== null) return { origin: simulatorOrigin, host: simulatedHost };
  const text = (typed ?? '').replace(invisible, '').trim();
  if (text === '') throw refuse('Type the address of your server, for example mastodon.social.');
  if (/^http:/i.test(text)) throw refuse('A Mastodon server is reached by https://. Type its name alone, for example mastodon.social.');
  const isHandle = text.includes('@') && !text.includes('/');
  const name = isHandle ? text.slice(text.lastIndexOf('@') + 1) : text;
  const bare = /^https:\/\//i.test(text) ? text : `https://${name}`;
  if (!URL.canParse(bare)) throw refuse('That is no server address. Type it as mastodon.social.');
  const url = new URL(bare);
  if (/^@[^@\s]+$/.test(text)) throw refuse('Add the server to the handle, for example @me@mastodon.social.');
  if (url.username !== '' || url.password !== '') throw refuse('The address of a server has no user name or password in it.');
  if (!hostPattern.test(url.hostname)) throw refuse(`“${url.hostname.slice(0, 60)}” is no server name. Type it as mastodon.social.`);
  return { origin: url.origin, host: url.host };
}

/** The server of a saved grant; the simulator's wherever it listens now. */
export function serverOf(host: string | undefined, simulatorOrigin: string | null): MastodonServer {
  if (simulatorOrigin !== null) return { origin: simulatorOrigin, host: simulatedHost };
  if (host === undefined || !URL.canParse(`https://${host}`)) {
    throw new ProviderError('revoked', 'The saved Mastodon grant is incomplete. Connect the account again.');
  }
  return { origin: new URL(`https://${host}`).origin, host };
}

const refuse = (message: string): ProviderError => new ProviderError('rejected', message);
