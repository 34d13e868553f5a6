import { mediaBytesMax, uploadMedia, uploadTypes, type Media } from '@rookery/contract/media.ts';

import { upload } from './call.ts';
import { formatBytes } from './format.ts';
import { useSession } from './session.ts';
import { useUploadQueue, type UploadQueue } from './upload-queue.ts';

/** Why a file is not sent at all; what it really is, the server tells by its content. */
function refusalOf(file: File): string | null {
  if (file.size === 0) return 'This file is empty.';
  if (file.size > mediaBytesMax) return `This is ${formatBytes(file.size)}; an image may have ${formatBytes(mediaBytesMax)} at most.`;
  const isKnown = file.type === '' || uploadTypes.some((type) => type === file.type);
  return isKnown ? null : 'Only images can be added: JPEG, PNG, GIF, WebP or AVIF.';
}

/** The images among what was pasted or dropped. */
export function imagesIn(data: DataTransfer | null): File[] {
  return [...(data?.files ?? [])].filter(({ type }) => type.startsWith('image/'));
}

/** Sends images to the library. */
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
