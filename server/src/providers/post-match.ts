import type { Finding, Publication, PublishRequest } from './provider.ts';

/** A post in the account's own list, as far as it tells whether it is the one we look for. */
export interface OwnPost {
  readonly publication: Publication;
  /** As a person reads it: no markup, links in full. */
  readonly text: string;
  readonly createdAt: Date | null;
  /** Id of the post that it answers; null for none. */
  readonly replyTo: string | null;
  /** Null where the network does not say. */
  /** Images and videos. */
  readonly images: number | null;
}

export interface Search {
  /** The list was read back to before the first attempt began: a post that is not in it does not exist. */
  readonly isComplete: boolean;
  /** The network says that the post exists, whichever it is. */
  readonly isSurelyOut?: boolean;
}

/** How far a network's clock may be behind ours. */
const skewMs = 60_000;

/** Posts from before this moment are not the one we look for. */
export function searchSince(request: PublishRequest): Date {
  return new Date(request.createdAt.getTime() - skewMs);
}

/** Which of the account's own posts is the one that we sent. Only a single one that agrees in all that is known is adopted. */
export function findOwnPost(posts: readonly OwnPost[], request: PublishRequest, search: Search): Finding {
  const since = searchSince(request);
  const replyTo = request.replyTo?.parent.externalId ?? null;
  const near = posts.filter((post) => (post.createdAt === null || post.createdAt >= since) && post.replyTo === replyTo);
  const hasImages = (post: OwnPost): boolean => post.images === null || post.images === request.images.length + (request.video === null ? 0 : 1);
  const alike = near.filter((post) => hasImages(post) && isSameText(post.text, request.text));
  const [only, ...more] = alike;
  if (only !== undefined && more.length === 0 && (plainOf(request.text) !== '' || search.isSurelyOut === true)) {
    return { state: 'published', publication: only.publication };
  }
  if (only !== undefined) {
    const reason = more.length === 0 ? 'A post without text was made at that time; whether it is this one cannot be told.'
      : `${alike.length} posts with this text were made at that time; which of them is this one cannot be told.`;
    return { state: 'unsure', reason };
  }
  if (near.some((post) => looseOf(post.text) === looseOf(request.text))) {
    return { state: 'unsure', reason: 'A post that is almost the same was made at that time.' };
  }
  if (search.isComplete) return { state: 'absent' };
  return { state: 'unsure', reason: 'The account has posted so much since then that its list could not be read to the end.' };
}

/** Whether two texts are the same to a reader: spaces, case and the form of links aside. */
export function isSameText(one: string, other: string): boolean {
  return plainOf(one) === plainOf(other);
}

function plainOf(text: string): string {
  return text.normalize('NFC').toLowerCase()
    .replace(/https?:\/\//g, '')
    .replace(/(\S\.\S+?)\/+(?=\s|$)/g, '$1')
    .replace(/\s+/g, ' ').trim();
}

/** What is left of a text without links, names and signs. */
function looseOf(text: string): string {
  return plainOf(text).replace(/@\S+|\S+\.\S{2,}/g, '').replace(/[^\p{L}\p{N}]/gu, '');
}
