import { altTextLengthMax, uploadTypes, type Media } from '@rookery/contract/media.ts';
import type { Part } from '@rookery/contract/posts.ts';
import { ArrowLeft, ArrowRight, ImagePlus, Images, X } from 'lucide-react';
import { lazy, Suspense, useRef, useState, type ReactElement } from 'react';

import { Button } from '../../../ui/button.tsx';
import { FileInput } from '../../../ui/file-input.tsx';
import { ProgressBar } from '../../../ui/progress-bar.tsx';
import { MediaImage } from '../../../ui/media-image.tsx';
import type { UploadQueue } from '../../../platform/upload-queue.ts';

const LibraryDialog = lazy(async () => ({ default: (await import('./library-dialog.tsx')).LibraryDialog }));

type PartMedia = Part['media'];

export interface MediaStripProps {
  /** Of the part: names the fields of its images. */
  readonly partKey: string;
  readonly media: PartMedia;
  readonly uploads: UploadQueue;
  readonly onChange: (edit: (media: PartMedia) => PartMedia) => void;
  readonly onChosen: (media: Media) => void;
}

/** The id of the field that describes an image, for links to it. */
export function altFieldId(partKey: string, index: number): string {
  return `${partKey}-alt-${index}`;
}

function shifted(media: PartMedia, index: number, by: -1 | 1): PartMedia {
  const item = media[index];
  return item === undefined ? media : media.toSpliced(index, 1).toSpliced(index + by, 0, item);
}

interface ItemProps {
  readonly item: PartMedia[number];
  readonly index: number;
  readonly count: number;
  readonly fieldId: string;
  readonly onChange: MediaStripProps['onChange'];
}

function ImageItem({ item, index, count, fieldId, onChange }: ItemProps): ReactElement {
  const isDescribed = item.altText.trim() !== '';
  return (
    <li className="flex gap-3">
      <MediaImage mediaId={item.mediaId} altText={item.altText === '' ? `Image ${index + 1}` : item.altText} className="size-20 shrink-0" />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <div className="flex items-center justify-between gap-2">
          <label htmlFor={fieldId} className="text-caption font-medium">Description{!isDescribed && <span className="text-warning"> · missing</span>}</label>
          <span className="flex">
            {count > 1 && (
              <>
                <Button kind="ghost" size="icon-small" aria-label={`Move image ${index + 1} forward`} disabled={index === 0} onClick={() => onChange((media) => shifted(media, index, -1))}><ArrowLeft size={14} aria-hidden="true" /></Button>
                <Button kind="ghost" size="icon-small" aria-label={`Move image ${index + 1} back`} disabled={index === count - 1} onClick={() => onChange((media) => shifted(media, index, 1))}><ArrowRight size={14} aria-hidden="true" /></Button>
              </>
            )}
            <Button kind="ghost" size="icon-small" aria-label={`Remove image ${index + 1}`} onClick={() => onChange((media) => media.toSpliced(index, 1))}><X size={14} aria-hidden="true" /></Button>
          </span>
        </div>
        <textarea
          id={fieldId}
          rows={2}
          maxLength={altTextLengthMax}
          value={item.altText}
          placeholder="What is on it, for people who do not see it"
          onChange={(event) => {
            const altText = event.target.value;
            onChange((media) => media.map((other, at) => (at === index ? { ...other, altText } : other)));
          }}
          className={`w-full resize-y rounded-control border bg-surface px-2.5 py-1.5 text-input placeholder:text-faint hover:border-muted ${isDescribed ? 'border-control' : 'border-warning'}`}
        />
      </div>
    </li>
  );
}

/** The images of a part: added from this device or the library, put in order, and each described in words. */
export function MediaStrip({ partKey, media, uploads, onChange, onChosen }: MediaStripProps): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  const [isChoosing, setIsChoosing] = useState(false);
  return (
    <div className="flex flex-col gap-3">
      {media.length > 0 && (
        <ul aria-label="Images" className="flex flex-col gap-3">
          {media.map((item, index) => (
            <ImageItem key={`${item.mediaId}:${index}`} item={item} index={index} count={media.length} fieldId={altFieldId(partKey, index)} onChange={onChange} />
          ))}
        </ul>
      )}
      {uploads.uploads.length > 0 && (
        <ul aria-label="On their way" className="flex flex-col gap-2">
          {uploads.uploads.map(({ key, file: { name }, share, problem }) => (
            <li key={key} className="flex items-center gap-3 text-caption">
              <span className="min-w-0 flex-1 truncate">{name}{problem !== null && <span role="alert" className="block whitespace-normal text-danger">{problem}</span>}</span>
              {problem === null ? <span className="w-32"><ProgressBar label={`Sending ${name}`} share={share} /></span> : <Button kind="ghost" size="small" onClick={() => uploads.dismiss(key)}>Dismiss</Button>}
            </li>
          ))}
        </ul>
      )}
      <div className="flex flex-wrap gap-1">
        <Button kind="ghost" size="small" onClick={() => input.current?.click()}><ImagePlus size={14} aria-hidden="true" /> Add images or a video</Button>
        <Button kind="ghost" size="small" onClick={() => setIsChoosing(true)}><Images size={14} aria-hidden="true" /> From the library</Button>
        <FileInput ref={input} label="Images from this device" accept={uploadTypes.join(',')} isMultiple onFiles={uploads.add} />
      </div>
      {isChoosing && <Suspense fallback={null}><LibraryDialog onChoose={onChosen} onClose={() => setIsChoosing(false)} /></Suspense>}
    </div>
  );
}
