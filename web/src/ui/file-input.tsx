import type { ReactElement, RefObject } from 'react';

export interface FileInputProps {
  /** For the button that opens it: `ref.current?.click()`. */
  readonly ref: RefObject<HTMLInputElement | null>;
  readonly label: string;
  /** Types and endings, as the browser takes them. */
  readonly accept: string;
  readonly isMultiple?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}

/** The browser's choice of files, without its own looks: a button of ours opens it. The same file can be chosen again. */
export function FileInput({ ref, label, accept, isMultiple = false, onFiles }: FileInputProps): ReactElement {
  return (
    <input
      ref={ref}
      type="file"
      multiple={isMultiple}
      accept={accept}
      aria-label={label}
      className="sr-only"
      tabIndex={-1}
      onChange={(event) => {
        onFiles([...(event.target.files ?? [])]);
        event.target.value = '';
      }}
    />
  );
}
