import { imageTypes, type Media } from '@rookery/contract/media.ts';

/** The type of an image; null for a video. */
export function imageTypeOf(type: Media['type']): (typeof imageTypes)[number] | null {
  return imageTypes.find((each) => each === type) ?? null;
}
