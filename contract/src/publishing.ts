import { videoRuleSchema } from './video-rules.ts';
import { arrayOf, boolean, instant, integer, nullable, number, object, oneOf, type Static } from './schema.ts';

/**
 * What a network lets a post be. The composer counts by it while somebody types, and the server again before it accepts.
 * `weighted`: X's own count (emoji and CJK two, every link 23). `graphemes`: what a person calls a character.
 * `codepoints`: Unicode code points.
 */
export const textUnits = ['weighted', 'graphemes', 'codepoints'] as const;
export type TextUnit = (typeof textUnits)[number];

export const textRuleSchema = object({
  unit: oneOf(textUnits),
  /** Longest text, in `unit`. */
  lengthMax: integer(),
  /** Longest text in UTF-8 bytes; null where only `lengthMax` counts. */
  bytesMax: nullable(integer()),
  /** Every link counts as this many; null: as long as it is. */
  linkLength: nullable(integer()),
  hashtagsMax: nullable(integer()),
  mentionsMax: nullable(integer()),
});
export type TextRule = Static<typeof textRuleSchema>;

export const imageRuleSchema = object({
  countMax: integer(),
  /** The network takes no post without an image. */
  isRequired: boolean(),
  types: arrayOf(oneOf(['image/jpeg', 'image/png', 'image/webp', 'image/gif'])),
  bytesMax: integer(),
  /** Width divided by height; null: any. */
  ratioMin: nullable(number()),
  ratioMax: nullable(number()),
  altTextLengthMax: integer(),
});
export type ImageRule = Static<typeof imageRuleSchema>;

/**
 * What becomes of a send whose outcome is not known. `key`: the network takes the same key twice and posts once. `container`: it
 * keeps a draft that can be published once and asked for its state. `lookup`: the account's own posts are searched.
 * `once`: nothing can be known, a person decides.
 */
export const publishPolicies = ['key', 'container', 'lookup', 'once'] as const;
export type PublishPolicy = (typeof publishPolicies)[number];

/** How a network takes posts, as the composer needs it. */
export const publishingSchema = object({
  policy: oneOf(publishPolicies),
  text: textRuleSchema,
  images: imageRuleSchema,
  /** Null where no videos are published from here. */
  videos: nullable(videoRuleSchema),
  /** Longest thread in posts; 1: no threads. */
  threadPartsMax: integer(),
  /** A comment that is posted right below. */
  firstComment: boolean(),
  /** A published post can be deleted on the network from here. */
  deletes: boolean(),
  /** The network forbids the same text on several accounts. */
  refusesSameText: boolean(),
  /** Price of one post, of one with a link, in millionths of a US dollar; null: free. */
  price: nullable(object({ post: integer(), postWithLink: integer() })),
});
export type Publishing = Static<typeof publishingSchema>;

/** What one account's own server or plan allows, where it says so; null: as its network. */
export const accountLimitsSchema = object({
  textLengthMax: nullable(integer()),
  linkLength: nullable(integer()),
  imagesMax: nullable(integer()),
  /** Largest video in bytes. */
  videoBytesMax: nullable(integer()),
  /** Pictures of a video in a second. */
  videoFrameRateMax: nullable(integer()),
  /** Posts that the network takes from this account within 24 hours. */
  postsPerDay: nullable(integer()),
  /** When it was last asked. */
  readAt: instant(),
});
export type AccountLimits = Static<typeof accountLimitsSchema>;

type OwnLimits = Pick<AccountLimits, 'textLengthMax' | 'linkLength' | 'imagesMax'> & Partial<Pick<AccountLimits, 'videoBytesMax' | 'videoFrameRateMax'>>;

/** How one account's posts are taken: as its network does it, within the account's own limits. */
export function publishingFor<Rules extends Pick<Publishing, 'text' | 'images' | 'videos'>>(rules: Rules, limits: OwnLimits | null): Rules {
  if (limits === null) return rules;
  const { text, images, videos } = rules;
  return {
    ...rules,
    text: { ...text, lengthMax: limits.textLengthMax ?? text.lengthMax, linkLength: text.linkLength === null ? null : (limits.linkLength ?? text.linkLength) },
    images: { ...images, countMax: limits.imagesMax ?? images.countMax },
    videos: videos === null ? null : {
      ...videos, bytesMax: limits.videoBytesMax ?? videos.bytesMax, frameRateMax: limits.videoFrameRateMax ?? videos.frameRateMax,
    },
  };
}
