import { sendImportFile } from '@rookery/contract/audience.ts';

import { upload } from '../../platform/call.ts';
import { formatBytes } from '../../platform/format.ts';
import { refresh } from '../../platform/query.ts';
import { useUploadQueue, type UploadQueue } from '../../platform/upload-queue.ts';

interface Ids {
  readonly workspaceId: string;
  readonly importId: string;
}

function refusalOf(file: File): string | null {
  if (file.size === 0) return 'This file is empty. A folder cannot be sent as it is: drop its zip, or the files in it.';
  if (file.size <= sendImportFile.bodyBytesMax) return null;
  const most = formatBytes(sendImportFile.bodyBytesMax);
  return `This is ${formatBytes(file.size)}; at most ${most} can be sent. Unpack it and send only the follower files.`;
}

/** Sends the files of an import; once one has arrived, the import lists it. */
export function useUploads({ workspaceId, importId }: Ids): UploadQueue {
  return useUploadQueue({
    place: importId,
    refusalOf,
    send: async (file, options) => {
      await upload(sendImportFile, { params: { workspaceId, importId }, query: { name: file.name, modifiedMs: file.lastModified } }, file, options);
      await refresh(['getImport', 'listImports']);
    },
  });
}
