import { endpoint } from './endpoint.ts';
import { workspaceParams } from './params.ts';
import { videoFactsSchema, videoTypes } from './video-rules.ts';
import {
  arrayOf, boolean, cursor, done, instant, integer, nullable, number, object, oneOf, optional, string, text, uuid, type Static,
} from './schema.ts';

const mediaParams = object({ workspaceId: uuid(), mediaId: uuid() });

/** Largest image that is taken. What is kept of it is re-encoded and mostly smaller. */
export const mediaBytesMax = 20 * 1024 * 1024;
/** Largest video that is taken: what the most generous of the networks takes. It is kept as it is, without its notes. */
export const videoBytesMax = 512 * 1024 * 1024;
/** Longer names are cut. */
export const mediaNameLengthMax = 120;
export const altTextLengthMax = 1500;

/** What an image is kept as, whatever was sent. */
export const imageTypes = ['image/jpeg', 'image/png', 'image/gif'] as const;
/** Everything that the library keeps. */
export const mediaTypes = [...imageTypes, ...videoTypes] as const;
/** What may be sent; told by its content, never by its name. */
export const uploadTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif', ...videoTypes] as const;
/** Longer edge of the previews, in pixels. */
export const previewSizes = ['160', '320', '640'] as const;

/** One image or video of the library. */
export const mediaSchema = object({
  id: uuid(),
  /** The cleaned file name, for people. */
  name: string(),
  type: oneOf(mediaTypes),
  bytes: integer(),
  width: integer(),
  height: integer(),
  isAnimated: boolean(),
  /** Null for images. */
  video: nullable(videoFactsSchema),
  altText: string(),
  /** A `data:` address of the image in a few pixels, to show until the preview is there; empty for videos. */
  placeholder: string(),
  /** Its file has been lost from the server: it can no longer be shown or published. */
  isMissing: boolean(),
  createdAt: instant(),
});
export type Media = Static<typeof mediaSchema>;

const oneReply = object({ media: mediaSchema });

export const uploadMedia = endpoint({
  id: 'uploadMedia', method: 'POST', path: '/api/workspaces/:workspaceId/media', access: 'posts:write',
  summary: 'Add an image (JPEG, PNG, GIF, WebP or AVIF) or a video (MP4 or MOV). Place, camera and all other notes in it are removed; images are re-encoded, videos are not',
  rate: { name: 'media:upload', max: 300, windowSeconds: 3600 },
  params: workspaceParams, query: object({ name: text(1000), altText: optional(text(altTextLengthMax)) }),
  bodyKind: 'stream', bodyBytesMax: videoBytesMax, reply: oneReply,
});

export const listMedia = endpoint({
  id: 'listMedia', method: 'GET', path: '/api/workspaces/:workspaceId/media', access: 'posts:read',
  summary: 'The library, newest first', params: workspaceParams,
  query: object({
    /** In name and description. */
    search: optional(text(100)), limit: optional(integer({ minimum: 1, maximum: 200 })), cursor: optional(cursor()),
  }),
  reply: object({ media: arrayOf(mediaSchema), nextCursor: nullable(string()) }),
});

export const getMedia = endpoint({
  id: 'getMedia', method: 'GET', path: '/api/workspaces/:workspaceId/media/:mediaId', access: 'posts:read',
  summary: 'One image of the library', params: mediaParams, reply: oneReply,
});

/** A post that shows an image. */
export const mediaUseSchema = object({
  postId: uuid(),
  /** How it begins; empty for one without words. */
  words: string(),
  /** Null for drafts. */
  dueAt: nullable(instant()),
  /** It has not gone out everywhere yet: the image cannot be deleted. */
  isWaiting: boolean(),
});
export type MediaUse = Static<typeof mediaUseSchema>;

/** A series that shows an image and has not ended: the image cannot be deleted. */
export const mediaSeriesUseSchema = object({
  seriesId: uuid(),
  /** How its text begins; empty for one without words. */
  words: string(),
  isPaused: boolean(),
});
export type MediaSeriesUse = Static<typeof mediaSeriesUseSchema>;

export const listMediaUses = endpoint({
  id: 'listMediaUses', method: 'GET', path: '/api/workspaces/:workspaceId/media/:mediaId/uses', access: 'posts:read',
  summary: 'The posts that show an image, those that wait first, then the latest, and the series that go on with it; 50 of each at most', params: mediaParams,
  reply: object({ uses: arrayOf(mediaUseSchema), series: arrayOf(mediaSeriesUseSchema) }),
});

export const changeMedia = endpoint({
  id: 'changeMedia', method: 'PATCH', path: '/api/workspaces/:workspaceId/media/:mediaId', access: 'posts:write',
  summary: 'Describe an image in words, for those who do not see it', params: mediaParams,
  body: object({ altText: text(altTextLengthMax, 0) }), reply: oneReply,
});

/** How an image takes another shape: cut around its middle, or whole on a blurred copy of itself. */
export const reshapings = ['crop', 'fit'] as const;
export type Reshaping = (typeof reshapings)[number];

export const reshapeMedia = endpoint({
  id: 'reshapeMedia', method: 'POST', path: '/api/workspaces/:workspaceId/media/:mediaId/reshape', access: 'posts:write',
  summary: 'Make a new image of another shape out of one: cropped, or fitted with a background. Of an animation the first picture',
  rate: { name: 'media:upload', max: 300, windowSeconds: 3600 },
  params: mediaParams,
  body: object({
    how: oneOf(reshapings),
    /** Width divided by height. */
    ratio: number({ minimum: 0.1, maximum: 10 }),
  }),
  reply: oneReply,
});

export const deleteMedia = endpoint({
  id: 'deleteMedia', method: 'DELETE', path: '/api/workspaces/:workspaceId/media/:mediaId', access: 'posts:write',
  summary: 'Delete an image and all its forms. What was published stays on the network', params: mediaParams, reply: done,
});

export const getMediaFile = endpoint({
  id: 'getMediaFile', method: 'GET', path: '/api/workspaces/:workspaceId/media/:mediaId/file', access: 'posts:read',
  summary: 'The image or video as it is kept; a range of its bytes where one is asked for', params: mediaParams, replyKind: 'file', fileTypes: mediaTypes,
});

export const getMediaPreview = endpoint({
  id: 'getMediaPreview', method: 'GET', path: '/api/workspaces/:workspaceId/media/:mediaId/preview/:size', access: 'posts:read',
  summary: 'The image in small', params: object({ workspaceId: uuid(), mediaId: uuid(), size: oneOf(previewSizes) }),
  replyKind: 'file', fileTypes: ['image/webp'],
});

export const getPublicMedia = endpoint({
  id: 'getPublicMedia', method: 'GET', path: '/api/media-public/:token', access: 'public',
  summary: 'One form of one image, by a signed address that ends after an hour: for networks that fetch what is published',
  params: object({ token: string({ maxLength: 400 }) }), replyKind: 'file', fileTypes: [...mediaTypes, 'image/webp'],
});
