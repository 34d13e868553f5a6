import { ProviderError } from '../provider.ts';

/** Where consent starts: an identity to resolve, or a server that asks the person itself. */
export type BlueskyAddress =
  | { readonly kind: 'identity'; readonly value: string }
  | { readonly kind: 'server'; readonly value: string };

const entryway = 'https://bsky.social';
const didPattern = /^did:(plc:[a-z2-7]{24}|web:[a-z0-9.%:-]{3,200})$/i;
const handlePattern = /^(?=.{3,253}$)([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
/** Marks that come along invisibly when a handle is copied from the app. */
const invisible = /[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad]/g;

/**
 * Reads what a person typed: a handle, a DID, a profile link or a server address. Nothing typed means bsky.social, or the
 * simulator where one runs. Throws ProviderError `rejected` with what to type instead.
 */
export function parseBlueskyAddress(typed: string | null, simulatorOrigin: string | null): BlueskyAddress {
  const text = (typed ?? '').replace(invisible, '').trim();
  const isSimulatedName = text === 'bluesky.simulated' && simulatorOrigin !== null;
  if (text === '' || isSimulatedName) return { kind: 'server', value: simulatorOrigin ?? entryway };
  if (/^https?:\/\//i.test(text)) return parseUrl(text, simulatorOrigin);
  const name = text.replace(/^at:\/\//i, '').replace(/^@/, '').replace(/\/$/, '');
  if (didPattern.test(name)) return { kind: 'identity', value: name };
  if (handlePattern.test(name)) return { kind: 'identity', value: name.toLowerCase() };
  if (/^[a-z0-9-]{1,63}$/i.test(name)) throw refuse(`Type the whole handle, for example ${name.toLowerCase()}.bsky.social.`);
  if (/^[^@\s]+@[^@\s]+$/.test(name)) throw refuse('Type the handle, for example name.bsky.social, not an e-mail address.');
  throw refuse('That is no Bluesky handle. Type it as name.bsky.social, or the address of your server with https://.');
}

function parseUrl(text: string, simulatorOrigin: string | null): BlueskyAddress {
  if (!URL.canParse(text)) throw refuse('That is no complete web address. Type a handle such as name.bsky.social.');
  const url = new URL(text);
  const profile = /^\/profile\/([^/]+)/.exec(url.pathname)?.[1];
  if (profile !== undefined) return parseBlueskyAddress(decodePart(profile), simulatorOrigin);
  if (url.protocol === 'http:' && url.origin !== simulatorOrigin) throw refuse('A Bluesky server is reached by https://.');
  if (url.username !== '' || url.password !== '') throw refuse('The address of a server has no user name or password in it.');
  return { kind: 'server', value: url.origin };
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const refuse = (message: string): ProviderError => new ProviderError('rejected', message);
