import { countOf, isRecord, recordsOf, required, textOf, type JsonRecord } from '../json.ts';
import { ProviderError, type FollowerPage, type FollowerRow, type Identity, type Profile } from '../provider.ts';

const network = 'Bluesky';
/** What the AppView shows while the handle of an account does not resolve. */
const handleInvalid = 'handle.invalid';

/** `profileViewDetailed` of app.bsky.actor.getProfile. */
export function readProfileView(view: JsonRecord): Profile {
  const did = required(textOf(view['did']), network, 'a DID');
  const handle = required(textOf(view['handle']), network, 'a handle');
  return {
    externalId: did,
    handle,
    name: nameOf(view) ?? handle,
    profileUrl: profileUrlOf(did),
    avatarUrl: webUrlOf(view['avatar']),
    followers: countOf(view, 'followersCount'),
    following: countOf(view, 'followsCount'),
    posts: countOf(view, 'postsCount'),
  };
}

/** What is known of an account before, or without, its profile. */
export function bareIdentity(did: string, handle: string): Identity {
  return { externalId: did, handle, name: handle, profileUrl: profileUrlOf(did), avatarUrl: null };
}

/** One page of app.bsky.graph.getFollowers. A page may be short or empty and still not be the last: the cursor decides. */
export function readFollowers(data: JsonRecord, cursorBefore: string | null): FollowerPage {
  const rows = required(recordsOf(data['followers']), network, 'the list of followers').map(readFollower);
  const cursor = data['cursor'];
  if (cursor !== undefined && cursor !== null && typeof cursor !== 'string') {
    throw new ProviderError('garbled', 'Bluesky sent a cursor that is no text.');
  }
  const nextCursor = textOf(cursor);
  if (nextCursor !== null && nextCursor === cursorBefore) throw new ProviderError('garbled', 'Bluesky sent the same page again.');
  return { rows, nextCursor };
}

function readFollower(view: JsonRecord): FollowerRow {
  const did = required(textOf(view['did']), network, 'the DID of a follower');
  const handle = textOf(view['handle']);
  return {
    externalId: did,
    handle: handle === handleInvalid ? null : handle,
    name: nameOf(view),
    verified: verifiedOf(view['verification']),
    followers: null,
    profileUrl: profileUrlOf(did),
  };
}

function verifiedOf(verification: unknown): boolean | null {
  if (!isRecord(verification)) return null;
  return verification['verifiedStatus'] === 'valid' || verification['trustedVerifierStatus'] === 'valid';
}

const nameOf = (view: JsonRecord): string | null => textOf(typeof view['displayName'] === 'string' ? view['displayName'].trim() : null);

/** By DID: it still leads there after a rename. */
const profileUrlOf = (did: string): string => `https://bsky.app/profile/${did}`;

function webUrlOf(value: unknown): string | null {
  const text = textOf(value);
  return text !== null && /^https?:\/\//.test(text) && URL.canParse(text) ? text : null;
}
