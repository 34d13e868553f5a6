import type { SimulatedReply } from '../simulation/request.ts';
import { graphError } from './simulator-errors.ts';

/** Meta's "Error codes" of content publishing, updated 2026-06-02: code, subcode and words for the user. */
const errors = {
  fetchFailed: [
    9004, 2207052, 'Only photo or video can be accepted as media type.',
    'The media could not be fetched from this URI',
  ],
  tooLarge: [36000, 2207004, 'The image size is too large.', 'The image is too large to download. It should be less than 8 MiB.'],
  badFormat: [
    36001, 2207005, 'The image format is not supported.',
    'The image format is not supported. Supported formats are: JPEG.',
  ],
  badRatio: [
    36003, 2207009, 'The aspect ratio is not supported.',
    'The submitted image with aspect ratio cannot be published. It should be in the range 4:5 to 1.91:1.',
  ],
  longCaption: [
    36004, 2207010, 'The caption was too long.',
    'The caption is too long. It should be at most 2,200 characters and 30 hashtags.',
  ],
  badChildren: [
    100, 2207028, 'Invalid parameter',
    'Your post won’t work as a carousel. Carousels need at least 2 photos/videos and no more than 10 photos/videos.',
  ],
  unknown: [24, 2207006, 'The requested resource does not exist', 'The media with this id cannot be found'],
  expired: [
    24, 2207008, 'The requested resource does not exist',
    'The media builder with this creation id does not exist or has expired',
  ],
  notReady: [9007, 2207027, 'Media ID is not available', 'The media is not ready for publishing, please wait for a moment'],
  dailyCap: [
    9, 2207042, 'Application request limit reached',
    'You reached maximum number of posts that is allowed to be published by Content Publishing API.',
  ],
} as const;

export type PublishError = keyof typeof errors;

export function publishError(name: PublishError): SimulatedReply {
  const [code, subcode, message, userMessage] = errors[name];
  return graphError({ code, subcode, message, userMessage });
}
