import { mediaBytesMax, uploadMedia, uploadTypes, type Media } from '@rookery/contract/media.ts';
import { useEffect, useRef, useState } from 'react';

import { ApiError } from './api-error.ts';
import { upload } from './call.ts';
import { formatBytes } from './format.ts';
import { useSession } from './session.ts';

/** An image on its way; once it has arrived it leaves here. */
export interface ImageUpload {
  readonly key: number;
  readonly name: string;
  readonly share: number | null;
  readonly problem: string | null;
}

export interface ImageUploads {
  readonly uploads: readonly ImageUpload[];
  readonly add: (files: readonly File[]) => void;
  readonly dismiss: (key: number) => void;
}

let lastKey = 0;

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

/** Sends images one after the other, in the order they were chosen. Leaving the screen stops what has not arrived. */
export function useImageUploads(onArrived: (media: Media) => void): ImageUploads {
  const { workspace } = useSession();
  const { workspaceId } = workspace;
  const [uploads, setUploads] = useState<readonly ImageUpload[]>([]);
  const queue = useRef<Promise<void>>(Promise.resolve());
  const stop = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    stop.current = controller;
    return () => controller.abort();
  }, []);

  const change = (key: number, part: Partial<ImageUpload>): void =>
    setUploads((before) => before.map((entry) => (entry.key === key ? { ...entry, ...part } : entry)));
  const dismiss = (key: number): void => setUploads((before) => before.filter((entry) => entry.key !== key));
  const send = async (key: number, file: File, signal: AbortSignal): Promise<void> => {
    if (signal.aborted) return;
    try {
      const input = { params: { workspaceId }, query: { name: file.name === '' ? 'image' : file.name } };
      const { media } = await upload(uploadMedia, input, file, { signal, onProgress: (share) => change(key, { share }) });
      dismiss(key);
      onArrived(media);
    } catch (error) {
      if (!signal.aborted) change(key, { problem: error instanceof ApiError ? error.message : 'This file could not be read. Choose it again.' });
    }
  };
  const add = (files: readonly File[]): void => {
    const { signal } = stop.current;
    for (const file of files) {
      lastKey += 1;
      const key = lastKey;
      const problem = refusalOf(file);
      setUploads((before) => [...before, { key, name: file.name, share: null, problem }]);
      if (problem === null) queue.current = queue.current.then(() => send(key, file, signal));
    }
  };
  return { uploads, add, dismiss };
}
