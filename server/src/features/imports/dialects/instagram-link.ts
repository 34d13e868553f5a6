import type { ProfileLink } from './relationship.ts';

/** Newer exports write `/_u/handle`; the pages named in the middle are Instagram's own, not people. */
export const instagramLink: ProfileLink = {
  pattern: /^https?:\/\/(?:www\.)?instagram\.com\/(?:_u\/)?(?!(?:about|accounts|direct|explore|legal|reels|stories|_u)\/?(?:[?#]|$))([a-z0-9._-]{1,100})\/?(?:[?#].*)?$/i,
  build: (handle) => `https://www.instagram.com/${encodeURIComponent(handle)}/`,
};
