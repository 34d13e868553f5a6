import { sendImportFile } from '@rookery/contract/audience.ts';
import { useEffect, useRef, useState } from 'react';

import { ApiError } from '../../platform/api-error.ts';
import { upload } from '../../platform/call.ts';
import { formatBytes } from '../../platform/format.ts';
import { refresh } from '../../platform/query.ts';

/** A file on its way: once it has arrived, the import lists it and it leaves here. */
export interface Upload {
  readonly key: number;
  readonly file: File;
  /** Sent so far, 0 to 1; null while it waits for its turn. */
  readonly share: number | null;
  readonly problem: string | null;
}

interface Ids {
  readonly workspaceId: string;
  readonly importId: string;
}

let lastKey = 0;

function refusalOf(file: File): string | null {
  if (file.size === 0) return 'This file is empty. A folder cannot be sent as it is: drop its zip, or the files in it.';
  if (file.size <= sendImportFile.bodyBytesMax) return null;
  const most = formatBytes(sendImportFile.bodyBytesMax);
  return `This is ${formatBytes(file.size)}; at most ${most} can be sent. Unpack it and send only the follower files.`;
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

export interface Uploads {
  readonly uploads: readonly Upload[];
  readonly isSending: boolean;
  readonly add: (files: readonly File[]) => void;
  readonly dismiss: (key: number) => void;
}

/** Sends files one after the other; leaving the screen stops what has not arrived. */
export function useUploads({ workspaceId, importId }: Ids): Uploads {
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const queue = useRef<Promise<void>>(Promise.resolve());
  const stop = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    stop.current = controller;
    return () => controller.abort();
  }, [importId]);

  const change = (key: number, part: Partial<Upload>): void =>
    setUploads((before) => before.map((entry) => (entry.key === key ? { ...entry, ...part } : entry)));
  const dismiss = (key: number): void => setUploads((before) => before.filter((entry) => entry.key !== key));

  const send = async ({ key, file }: Upload, signal: AbortSignal): Promise<void> => {
    if (signal.aborted) return;
    try {
      const input = { params: { workspaceId, importId }, query: { name: file.name, modifiedMs: file.lastModified } };
      await upload(sendImportFile, input, file, { signal, onProgress: (share) => change(key, { share }) });
      await refresh(['getImport', 'listImports']);
      dismiss(key);
    } catch (error) {
      if (isAbort(error)) return;
      change(key, { problem: error instanceof ApiError ? error.message : 'This file could not be read. Choose it again.' });
    }
  };

  const add = (files: readonly File[]): void => {
    const fresh = files.map((file): Upload => {
      lastKey += 1;
      return { key: lastKey, file, share: null, problem: refusalOf(file) };
    });
    setUploads((before) => [...before, ...fresh]);
    const { signal } = stop.current;
    for (const entry of fresh) if (entry.problem === null) queue.current = queue.current.then(() => send(entry, signal));
  };

  return { uploads, isSending: uploads.some(({ problem }) => problem === null), add, dismiss };
}
