import { clsx } from 'clsx';
import { FileUp } from 'lucide-react';
import { useRef, useState, type DragEvent, type ReactElement } from 'react';

import { Button } from './button.tsx';
import { FileInput, type FileInputProps } from './file-input.tsx';

export interface DropZoneProps extends Omit<FileInputProps, 'ref'> {
  /** Before the button where files can be dropped: "Drop the zip here, or". */
  readonly dropWords: string;
  /** Above the button on a phone: "The zip, from this device". */
  readonly phoneWords: string;
  readonly button: string;
}

/** Takes files that are dropped on it or chosen with its button. */
export function DropZone({ dropWords, phoneWords, button, ...input }: DropZoneProps): ReactElement {
  const field = useRef<HTMLInputElement>(null);
  const [isOver, setIsOver] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setIsOver(false);
    input.onFiles([...event.dataTransfer.files]);
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- dropping is one way; the button inside is the other
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
      className={clsx(
        'flex flex-col items-center gap-3 rounded-control border border-dashed px-4 py-8 text-center transition-colors',
        isOver ? 'border-accent bg-accent-soft' : 'border-control bg-sunken',
      )}
    >
      <FileUp size={22} className="text-accent" aria-hidden="true" />
      <p>
        <span className="max-sm:hidden">{dropWords} </span>
        <span className="sm:hidden">{phoneWords}</span>
      </p>
      <Button onClick={() => field.current?.click()}>{button}</Button>
      <FileInput ref={field} {...input} />
    </div>
  );
}
