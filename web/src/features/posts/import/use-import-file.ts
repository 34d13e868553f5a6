import { checkPostImport, importBytesMax, importPosts, type ImportReport } from '@rookery/contract/post-import.ts';
import { keepPreviousData, useMutation, useQuery, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query';

import type { ApiError } from '../../../platform/api-error.ts';
import { upload } from '../../../platform/call.ts';
import { formatBytes } from '../../../platform/format.ts';
import { refresh } from '../../../platform/query.ts';
import { useSession } from '../../../platform/session.ts';

/** A file, or what was pasted, with a number that no other has. */
export interface PostFile {
  readonly key: number;
  readonly name: string;
  readonly blob: Blob;
}

export interface Choice {
  readonly as: 'scheduled' | 'draft';
  /** As the server takes it; undefined: as the headers say. */
  readonly columns: string | undefined;
  readonly allowRepeats: boolean;
}

let lastKey = 0;

export function toPostFile(name: string, blob: Blob): PostFile {
  lastKey += 1;
  return { key: lastKey, name, blob };
}

/** Why a file cannot be sent, in words; null when it can. */
export function refusalOf({ size }: Blob): string | null {
  if (size === 0) return 'This file is empty.';
  return size > importBytesMax ? `This is ${formatBytes(size)}; at most ${formatBytes(importBytesMax)} can be sent. Split it into several files.` : null;
}

const fileNameLengthMax = 200;

function inputOf(workspaceId: string, file: PostFile, choice: Choice) {
  return { params: { workspaceId }, query: { name: file.name.slice(0, fileNameLengthMax), as: choice.as, columns: choice.columns, allowRepeats: choice.allowRepeats } };
}

/** What would become of each row; nothing is written. The look before stays on screen while another choice is looked at. */
export function useLook(file: PostFile, choice: Choice): UseQueryResult<ImportReport, ApiError> {
  const { workspace } = useSession();
  return useQuery<ImportReport, ApiError>({
    queryKey: [checkPostImport.id, workspace.workspaceId, file.key, choice],
    queryFn: ({ signal }) => upload(checkPostImport, inputOf(workspace.workspaceId, file, choice), file.blob, { signal }),
    placeholderData: keepPreviousData, retry: false, refetchOnWindowFocus: false,
  });
}

/** Imports the rows that are ready. Sending it again makes none of them twice. */
export function useImport(file: PostFile, choice: Choice): UseMutationResult<ImportReport, ApiError, void> {
  const { workspace } = useSession();
  return useMutation<ImportReport, ApiError, void>({
    mutationFn: () => upload(importPosts, inputOf(workspace.workspaceId, file, choice), file.blob),
    onSuccess: () => refresh(['listCalendar']),
  });
}
