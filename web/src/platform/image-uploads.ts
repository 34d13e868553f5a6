import { mediaBytesMax, uploadMedia, uploadTypes, videoBytesMax, type Media } from '@rookery/contract/media.ts';

import { upload } from './call.ts';
import { formatBytes } from './format.ts';
import { useSession } from './session.ts';
import { useUploadQueue, type UploadQueue } from './upload-queue.ts';

/** Why a file is not sent at all; what it really is, the server tells by its content. */
function refusalOf(file: File): string | null {
  if (file.size === 0) return 'This file is empty.';
  const isVideo = file.type.startsWith('video/');
  const bytesMax = isVideo ? videoBytesMax : mediaBytesMax;
  if (file.size > bytesMax) return `This is ${formatBytes(file.size)}; ${isVideo ? 'a video' : 'an image'} may have ${formatBytes(bytesMax)} at most.`;
  const isKnown = file.type === '' || uploadTypes.some((type) => type === file.type);
  return isKnown ? null : 'Only images (JPEG, PNG, GIF, WebP or AVIF) and videos (MP4 or MOV) can be added.';
}

/** The images and videos among what was pasted or dropped. */
export function imagesIn(data: DataTransfer | null): File[] {
  return [...(data?.files ?? [])].filter(({ type }) => /^(image|video)\//.test(type));
}

/** Sends images and videos to the library. */
export function useImageUploads(onArrived: (media: Media) => void): UploadQueue {
  const { workspaceId } = useSession().workspace;
  return useUploadQueue({
    place: workspaceId,
    refusalOf,
    send: async (file, options) => {
      const input = { params: { workspaceId }, query: { name: file.name === '' ? 'image' : file.name } };
      const { media } = await upload(uploadMedia, input, file, options);
      onArrived(media);
    },
  });
}
