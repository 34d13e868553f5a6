import { countOf, idOf, isRecord, recordsOf, required, textOf, type JsonRecord } from '../json.ts';
import { ProviderError, type FollowerRow, type Profile } from '../provider.ts';
import type { MastodonServer } from './address.ts';
import { toPlainText } from './plain-text.ts';

const network = 'Mastodon';

/**
 * The stable id of a person as one server knows them: `1234@mastodon.social`. Local ids never change, not even for people of
 * other servers, and look-ups need them; alone they would repeat on the next server.
 */
export const externalIdOf = (localId: string, server: MastodonServer): string => `${localId}@${server.host}`;

/** The id that this server's own API wants. Throws `rejected` for an id of another server. */
export function localIdOf(externalId: string, server: MastodonServer): string {
  const at = externalId.indexOf('@');
  const localId = externalId.slice(0, at);
  if (at < 1 || externalId.slice(at + 1) !== server.host || !/^[\w-]{1,64}$/.test(localId)) {
    throw new ProviderError('rejected', `This person is not known by an id of ${server.host}.`);
  }
  return localId;
}

/** `Account` as verify_credentials answers it. `domain` is what the server's handles end in. */
export function readAccount(json: unknown, server: MastodonServer, domain: string): Profile {
  const account = required(isRecord(json) ? json : null, network, 'an account');
  const handle = required(handleOf(account, domain), network, 'a handle');
  return {
    externalId: externalIdOf(required(idOf(account['id']), network, 'an account id'), server),
    handle,
    name: nameOf(account) ?? handle,
    profileUrl: webUrlOf(account['url']),
    avatarUrl: webUrlOf(account['avatar_static']) ?? webUrlOf(account['avatar']),
    followers: countOf(account, 'followers_count'),
    following: countOf(account, 'following_count'),
    posts: countOf(account, 'statuses_count'),
  };
}

/** The rows of one page of followers. */
export function readFollowers(json: unknown, server: MastodonServer, domain: string): readonly FollowerRow[] {
  return required(recordsOf(json), network, 'the list of followers').map((account) => ({
    externalId: externalIdOf(required(idOf(account['id']), network, 'the id of a follower'), server),
    handle: handleOf(account, domain),
    name: nameOf(account),
    // Mastodon verifies links, not people.
    verified: null,
    followers: countOf(account, 'followers_count'),
    profileUrl: webUrlOf(account['url']),
  }));
}

/** `acct` has the server for people from elsewhere only. */
function handleOf(account: JsonRecord, domain: string): string | null {
  const acct = textOf(account['acct']);
  if (acct === null) return null;
  return acct.includes('@') ? acct : `${acct}@${domain}`;
}

function nameOf(account: JsonRecord): string | null {
  const name = textOf(account['display_name']);
  return name === null ? null : textOf(toPlainText(name));
}

function webUrlOf(value: unknown): string | null {
  const text = textOf(value);
  return text !== null && /^https?:\/\//.test(text) && URL.canParse(text) ? text : null;
}
