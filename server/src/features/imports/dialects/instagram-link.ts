import type { ProfileLink } from './relationship.ts';

/** Newer exports write `/_u/handle`. */
export const instagramLink: ProfileLink = {
  pattern: /^https?:\/\/(?:www\.)?instagram\.com\/(?:_u\/)?([a-z0-9._-]{1,100})\/?(?:[?#].*)?$/i,
  reserved: new Set(['_u', 'about', 'accounts', 'direct', 'explore', 'legal', 'reels', 'stories']),
  build: (handle) => `https://www.instagram.com/${encodeURIComponent(handle)}/`,
};
