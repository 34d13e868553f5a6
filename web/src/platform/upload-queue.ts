import { useEffect, useRef, useState } from 'react';

import { ApiError } from './api-error.ts';

/** A file on its way; once it has arrived it leaves here. */
export interface Upload {
  readonly key: number;
  readonly file: File;
  /** Sent so far, 0 to 1; null while it waits for its turn. */
  readonly share: number | null;
  readonly problem: string | null;
}

export interface UploadQueue {
  readonly uploads: readonly Upload[];
  readonly isSending: boolean;
  readonly add: (files: readonly File[]) => void;
  readonly dismiss: (key: number) => void;
}

export interface UploadRules {
  /** Files for another place are another queue: what has not arrived at the one before is stopped. */
  readonly place: string;
  /** Why a file is not sent at all; null: it is. */
  readonly refusalOf: (file: File) => string | null;
  /** Sends one file, and does what follows from its arrival. */
  readonly send: (file: File, options: { readonly signal: AbortSignal; readonly onProgress: (share: number) => void }) => Promise<void>;
}

let lastKey = 0;

/** Sends files one after the other, in the order they were chosen. Leaving the screen stops what has not arrived. */
export function useUploadQueue({ place, refusalOf, send }: UploadRules): UploadQueue {
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const queue = useRef<Promise<void>>(Promise.resolve());
  const stop = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    stop.current = controller;
    return () => controller.abort();
  }, [place]);

  const change = (key: number, part: Partial<Upload>): void =>
    setUploads((before) => before.map((entry) => (entry.key === key ? { ...entry, ...part } : entry)));
  const dismiss = (key: number): void => setUploads((before) => before.filter((entry) => entry.key !== key));
  const sendOne = async ({ key, file }: Upload, signal: AbortSignal): Promise<void> => {
    if (signal.aborted) return;
    try {
      await send(file, { signal, onProgress: (share) => change(key, { share }) });
      dismiss(key);
    } catch (error) {
      if (!signal.aborted) change(key, { problem: error instanceof ApiError ? error.message : 'This file could not be read. Choose it again.' });
    }
  };
  const add = (files: readonly File[]): void => {
    const fresh = files.map((file): Upload => {
      lastKey += 1;
      return { key: lastKey, file, share: null, problem: refusalOf(file) };
    });
    setUploads((before) => [...before, ...fresh]);
    const { signal } = stop.current;
    for (const entry of fresh) if (entry.problem === null) queue.current = queue.current.then(() => sendOne(entry, signal));
  };
  return { uploads, isSending: uploads.some(({ problem }) => problem === null), add, dismiss };
}
