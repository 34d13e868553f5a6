import { uploadTypes } from '@rookery/contract/media.ts';
import { ImagePlus } from 'lucide-react';
import { useRef, useState, type DragEvent, type ReactElement, type ReactNode } from 'react';

import type { UploadQueue } from '../../platform/upload-queue.ts';
import { formatPlural } from '../../platform/format.ts';
import { Button } from '../../ui/button.tsx';
import { FileInput } from '../../ui/file-input.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';

/** Of a long list only these are shown: the others wait. */
const movingShownMax = 4;

/** The button that adds images from this device. */
export function AddImages({ uploads }: { readonly uploads: UploadQueue }): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button kind="primary" onClick={() => input.current?.click()}><ImagePlus size={16} aria-hidden="true" /> Add images</Button>
      <FileInput ref={input} label="Images from this device" accept={uploadTypes.join(',')} isMultiple onFiles={uploads.add} />
    </>
  );
}

/** Images on their way, each with how far it is or why it was refused. */
export function UploadList({ uploads }: { readonly uploads: UploadQueue }): ReactElement | null {
  if (uploads.uploads.length === 0) return null;
  const refused = uploads.uploads.filter(({ problem }) => problem !== null);
  const moving = uploads.uploads.filter(({ problem }) => problem === null);
  const hidden = Math.max(0, moving.length - movingShownMax);
  return (
    <ul aria-label="On their way" className="flex flex-col divide-y divide-line rounded-card border border-line bg-surface px-4">
      {[...refused, ...moving.slice(0, movingShownMax)].map(({ key, file: { name }, share, problem }) => (
        <li key={key} className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-1 py-2">
          <span className="min-w-0 flex-1 truncate">{name === '' ? 'Image' : name}</span>
          {problem === null
            ? <span className="w-40"><ProgressBar label={`Sending ${name}`} share={share} /></span>
            : <><span role="alert" className="text-danger">{problem}</span><Button kind="ghost" size="small" onClick={() => uploads.dismiss(key)}>Dismiss</Button></>}
        </li>
      ))}
      {hidden > 0 && <li className="py-2 text-muted">{formatPlural(hidden, 'more image waits', 'more images wait')} for their turn.</li>}
    </ul>
  );
}

/** Takes images that are dropped anywhere on it. */
export function DropArea({ uploads, children }: { readonly uploads: UploadQueue | null; readonly children: ReactNode }): ReactElement {
  const [isOver, setIsOver] = useState(false);
  const onDragOver = (event: DragEvent): void => {
    if (uploads === null || !event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    setIsOver(true);
  };
  const onDrop = (event: DragEvent): void => {
    if (uploads === null || event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    setIsOver(false);
    uploads.add([...event.dataTransfer.files]);
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- dropping is one way; the button in the header is the other
    <div onDragOver={onDragOver} onDragLeave={() => setIsOver(false)} onDrop={onDrop} className="relative flex min-h-[60vh] flex-col gap-4">
      {children}
      {isOver && <p className="pointer-events-none absolute inset-0 grid place-items-center rounded-card border-2 border-dashed border-accent bg-accent-soft/80 text-title font-semibold">Drop images to add them</p>}
    </div>
  );
}
