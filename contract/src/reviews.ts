import { noteLengthMax } from './approval.ts';
import { endpoint } from './endpoint.ts';
import { postParams } from './params.ts';
import { arrayOf, boolean, done, instant, integer, nullable, object, oneOf, optional, string, text, uuid, type Static } from './schema.ts';

export const reviewDaysDefault = 7;
export const reviewDaysMax = 30;

/** A link by which somebody without an account sees one post. */
export const reviewLinkSchema = object({
  id: uuid(), label: string(), mayDecide: boolean(), createdBy: string(), createdAt: instant(), expiresAt: instant(),
});
export type ReviewLink = Static<typeof reviewLinkSchema>;

export const listReviewLinks = endpoint({
  id: 'listReviewLinks', method: 'GET', path: '/api/workspaces/:workspaceId/posts/:postId/review-links', access: 'posts:read',
  summary: 'Review links of a post that still work', params: postParams, reply: object({ reviewLinks: arrayOf(reviewLinkSchema) }),
});

export const createReviewLink = endpoint({
  id: 'createReviewLink', method: 'POST', path: '/api/workspaces/:workspaceId/posts/:postId/review-links', access: 'posts:write', secretReply: true,
  summary: 'Make a link by which somebody without an account sees this post and nothing else; it is in this answer only',
  rate: { name: 'review-links:create', max: 50, windowSeconds: 3600 }, params: postParams,
  body: object({
    /** Whom it is for, in words of the team; whoever opens the link does not see it. */
    label: text(80),
    days: optional(integer({ minimum: 1, maximum: reviewDaysMax })),
    /** Whoever has it may approve or ask for changes; without it only comment. */
    mayDecide: boolean(),
  }),
  reply: object({ reviewLink: reviewLinkSchema, link: string() }),
});

export const revokeReviewLink = endpoint({
  id: 'revokeReviewLink', method: 'DELETE', path: '/api/workspaces/:workspaceId/posts/:postId/review-links/:reviewLinkId', access: 'posts:write',
  summary: 'End a review link at once', params: object({ workspaceId: uuid(), postId: uuid(), reviewLinkId: uuid() }), reply: done,
});

const reviewPartSchema = object({
  text: string(),
  images: arrayOf(object({
    /** Names the image to `readReviewImage`, by this link only. */
    key: string(), altText: string(), width: integer(), height: integer(), placeholder: string(),
  })),
});
export type ReviewPart = Static<typeof reviewPartSchema>;

export const answerKinds = ['comment', 'approved', 'changes'] as const;

/** What whoever holds a review link sees of the post, as it is now. */
export const reviewSchema = object({
  workspaceName: string(),
  parts: arrayOf(reviewPartSchema),
  firstComment: nullable(string()),
  targets: arrayOf(object({
    network: string(), networkName: string(), handle: string(),
    /** The account's own version; null: the post's. */
    parts: nullable(arrayOf(reviewPartSchema)),
  })),
  /** Wall time in a zone, planned or asked for; null: none yet. */
  wallTime: nullable(string()),
  zone: nullable(string()),
  isPublished: boolean(),
  mayDecide: boolean(),
  expiresAt: instant(),
  /** Names what is shown: an approval is of exactly this. */
  fingerprint: string(),
  /** What was written and decided by this link, oldest first. */
  answers: arrayOf(object({ kind: oneOf(answerKinds), name: string(), text: string(), at: instant(), isOutdated: boolean() })),
});
export type Review = Static<typeof reviewSchema>;

const token = text(200);

export const readReview = endpoint({
  id: 'readReview', method: 'POST', path: '/api/reviews/read', access: 'public', secretReply: true,
  summary: 'The post behind a review link (the token travels in the body, never in a URL of ours)',
  rate: { name: 'reviews:read', max: 60, windowSeconds: 600, guards: 'secret', by: 'address', each: { field: 'token', max: 600, windowSeconds: 3600 } },
  body: object({ token }), reply: object({ review: reviewSchema }),
});

export const readReviewImage = endpoint({
  id: 'readReviewImage', method: 'POST', path: '/api/reviews/image', access: 'public', secretReply: true,
  summary: 'One image of the post behind a review link, as a data: address',
  rate: { name: 'reviews:image', max: 300, windowSeconds: 600, guards: 'secret', by: 'address', each: { field: 'token', max: 3000, windowSeconds: 3600 } },
  body: object({ token, key: text(64) }), reply: object({ dataUrl: string() }),
});

export const answerReview = endpoint({
  id: 'answerReview', method: 'POST', path: '/api/reviews/answer', access: 'public', secretReply: true,
  summary: 'Comment by a review link and, where it allows that, approve or ask for changes',
  rate: { name: 'reviews:answer', max: 20, windowSeconds: 600, guards: 'secret', by: 'address', each: { field: 'token', max: 60, windowSeconds: 3600 } },
  body: object({
    token, kind: oneOf(answerKinds), name: text(80), text: text(noteLengthMax, 0),
    /** Fingerprint of what was seen; needed to approve. */
    seen: optional(text(64)),
  }),
  reply: object({ review: reviewSchema }),
});
