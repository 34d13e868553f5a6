import { arrayOf, boolean, integer, nullable, number, object, oneOf, type Static } from './schema.ts';

export const videoTypes = ['video/mp4', 'video/quicktime'] as const;
export const videoCodecs = ['h264', 'hevc', 'av1', 'vp9', 'other'] as const;
/** `none`: the video is silent. */
export const audioCodecs = ['none', 'aac', 'other'] as const;

/** What a video says of itself; it is not transcoded, so this is what a network gets. */
export const videoFactsSchema = object({
  durationMs: integer(),
  /** Pictures in a second on average; null where the file does not say. */
  frameRate: nullable(number()),
  codec: oneOf(videoCodecs),
  audio: oneOf(audioCodecs),
});
export type VideoFacts = Static<typeof videoFactsSchema>;

export const videoRuleSchema = object({
  types: arrayOf(oneOf(videoTypes)),
  codecs: arrayOf(oneOf(videoCodecs)),
  audioCodecs: arrayOf(oneOf(audioCodecs)),
  /** Videos in one post. */
  countMax: integer(),
  /** Images may stand beside it. */
  mixesWithImages: boolean(),
  bytesMax: integer(),
  secondsMin: number(),
  /** Null: any length that keeps within `bytesMax`. */
  secondsMax: nullable(number()),
  /** Width divided by height, as it is shown; null: any. */
  ratioMin: nullable(number()),
  ratioMax: nullable(number()),
  frameRateMin: nullable(number()),
  frameRateMax: nullable(number()),
  /** Pixels of the wider side; null: any. */
  widthMax: nullable(integer()),
});
export type VideoRule = Static<typeof videoRuleSchema>;
