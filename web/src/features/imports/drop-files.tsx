import { readImport, type Import } from '@rookery/contract/audience.ts';
import { CircleCheck, X } from 'lucide-react';
import type { ReactElement } from 'react';

import { formatBytes, formatPlural } from '../../platform/format.ts';
import { useSend } from '../../platform/query.ts';
import { useSession } from '../../platform/session.ts';
import type { Upload } from '../../platform/upload-queue.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { DropZone } from '../../ui/drop-zone.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { DiscardButton } from './discard-button.tsx';
import { ExportGuideSteps } from './export-guide.tsx';
import type { ImportNetwork } from './use-import-networks.ts';
import { useUploads } from './use-uploads.ts';

function UploadRow({ upload, onDismiss }: { readonly upload: Upload; readonly onDismiss: () => void }): ReactElement {
  return (
    <li className="flex flex-col gap-1.5 py-2.5">
      <div className="flex items-center gap-3">
        <span className="min-w-0 flex-1 truncate">{upload.file.name}</span>
        <span className="shrink-0 text-caption text-muted tabular">{formatBytes(upload.file.size)}</span>
        {upload.problem !== null && (
          <button
            type="button"
            aria-label={`Remove ${upload.file.name}`}
            onClick={onDismiss}
            className="grid hit-24 place-items-center rounded-small text-muted hover:bg-hover hover:text-ink"
          >
            <X size={14} aria-hidden="true" />
          </button>
        )}
      </div>
      {upload.problem === null
        ? <ProgressBar label={`Sending ${upload.file.name}`} share={upload.share ?? 0} />
        : <p role="alert" className="text-caption text-danger">{upload.problem}</p>}
    </li>
  );
}

/** Step two: the files of the export, from a drop or a button, each with its progress. */
export function DropFiles({ item, network }: { readonly item: Import; readonly network: ImportNetwork | undefined }): ReactElement {
  const { workspace } = useSession();
  const params = { workspaceId: workspace.workspaceId, importId: item.id };
  const { uploads, isSending, add, dismiss } = useUploads(params);
  const read = useSend(readImport, ['getImport', 'listImports']);
  const count = item.files.length;
  return (
    <>
      <Card title="The files of the export" hint="They are read on this server and sent to nobody else.">
        <div className="flex flex-col gap-4">
          {read.error !== null && <Callout tone="danger" role="alert">{read.error.message}</Callout>}
          <DropZone
            dropWords="Drop the zip or its files here, or" phoneWords="The zip or its files, from this device" button="Choose files"
            label="Files of the export" accept=".zip,.json,.js,.html,application/zip" isMultiple onFiles={add}
          />
          {(count > 0 || uploads.length > 0) && (
            <ul aria-label="Files" className="divide-y divide-line">
              {item.files.map((file, index) => (
                <li key={`${index}:${file.name}`} className="flex items-center gap-3 py-2.5">
                  <CircleCheck size={16} className="shrink-0 text-success" aria-hidden="true" />
                  <span className="min-w-0 flex-1 truncate">{file.name}<span className="sr-only"> has arrived</span></span>
                  <span className="shrink-0 text-caption text-muted tabular">{formatBytes(file.bytes)}</span>
                </li>
              ))}
              {uploads.map((upload) => <UploadRow key={upload.key} upload={upload} onDismiss={() => dismiss(upload.key)} />)}
            </ul>
          )}
          <div className="flex flex-wrap gap-2">
            <Button
              kind="primary" disabled={count === 0 || isSending} isBusy={read.isPending}
              onClick={() => read.mutate({ params, body: {} })}
            >
              {count === 0 ? 'Read the files' : `Read ${formatPlural(count, 'file')}`}
            </Button>
            <DiscardButton item={item} />
          </div>
        </div>
      </Card>
      {network !== undefined && (
        <Card title={`Get your export from ${network.name}`}><ExportGuideSteps network={network} /></Card>
      )}
    </>
  );
}
