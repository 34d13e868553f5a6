import { clsx } from 'clsx';
import { X } from 'lucide-react';
import { useEffect, useId, useRef, type ReactElement, type ReactNode } from 'react';

import { rememberFocus } from './return-focus.ts';

export interface DialogProps {
  /** States the action: "Invite someone". */
  readonly title: string;
  readonly description?: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly size?: 'normal' | 'wide';
}

/**
 * A modal dialog: mount it to open it, unmount it to close it. The browser's own element keeps focus inside,
 * gives it back afterwards, and needs no injected style, which our security policy would refuse.
 */
export function Dialog({ title, description, onClose, children, size = 'normal' }: DialogProps): ReactElement {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = element.current;
    const returnFocus = rememberFocus();
    dialog?.showModal();
    // The browser would focus the close button; people come for what is below it.
    const first = dialog?.querySelector<HTMLElement>('[data-dialog-body] :is(input, select, textarea, button, a[href])');
    (first ?? dialog?.querySelector<HTMLElement>('h2'))?.focus();
    return () => {
      dialog?.close();
      returnFocus();
    };
  }, []);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a press beside it closes it; Esc does the same
    <dialog
      ref={element}
      aria-labelledby={`${id}-title`}
      aria-describedby={description === undefined ? undefined : `${id}-description`}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === element.current) onClose();
      }}
      className={clsx(
        'motion-rise max-h-[calc(100dvh-2rem)] w-[calc(100%-2rem)] overflow-auto rounded-card border border-line bg-raised p-0 text-ink shadow-float',
        size === 'wide' ? 'max-w-160' : 'max-w-110',
      )}
    >
      <div className="flex flex-col gap-4 p-5">
        <header className="flex items-start justify-between gap-4">
          <div>
            <h2 id={`${id}-title`} tabIndex={-1} className="text-title font-semibold outline-none">{title}</h2>
            {description !== undefined && <p id={`${id}-description`} className="mt-1 text-muted">{description}</p>}
          </div>
          <button type="button" aria-label="Close" onClick={onClose} className="-mt-1 -mr-1 grid size-7 shrink-0 place-items-center rounded-small text-muted hover:bg-hover hover:text-ink">
            <X size={16} aria-hidden="true" />
          </button>
        </header>
        <div data-dialog-body className="flex flex-col gap-4">{children}</div>
      </div>
    </dialog>
  );
}

/** The row of buttons at a dialog's foot: the way back first, the verb last. */
export function DialogActions({ children }: { readonly children: ReactNode }): ReactElement {
  return <div className="flex flex-wrap justify-end gap-2 pt-1">{children}</div>;
}
