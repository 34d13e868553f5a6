import { X } from 'lucide-react';
import { useEffect, useId, useRef, type ReactElement, type ReactNode } from 'react';

import { rememberFocus } from './return-focus.ts';

export interface SheetProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Stays in view below the content: state of saving, the one primary button. */
  readonly footer?: ReactNode;
  readonly size?: 'normal' | 'wide';
}

/** A task over the screen it was begun on: the full height at the right, the whole screen on phones. Modal; mounted = open. */
export function Sheet({ title, onClose, children, footer, size = 'wide' }: SheetProps): ReactElement {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = element.current;
    const returnFocus = rememberFocus();
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>('h2')?.focus();
    return () => {
      dialog?.close();
      returnFocus();
    };
  }, []);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a press beside it closes it; Esc does the same
    <dialog
      ref={element}
      aria-labelledby={id}
      onCancel={(event) => {
        // A dialog inside this one has its own Esc.
        if (event.target !== element.current) return;
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === element.current) onClose();
      }}
      className={`motion-slide inset-y-0 right-0 left-auto m-0 h-dvh max-h-none w-full max-w-full overflow-hidden border-l border-line bg-raised p-0 text-ink shadow-float ${size === 'wide' ? 'md:w-260' : 'md:w-140'}`}
    >
      <div className="flex h-full min-h-0 flex-col">
        <header className="flex min-h-14 shrink-0 items-center justify-between gap-4 border-b border-line px-5 py-2 max-sm:px-4">
          <h2 id={id} tabIndex={-1} className="truncate text-title font-semibold outline-none">{title}</h2>
          <button type="button" aria-label="Close" onClick={onClose} className="grid size-8 shrink-0 place-items-center rounded-small text-muted hover:bg-hover hover:text-ink pointer-coarse:size-11">
            <X size={16} aria-hidden="true" />
          </button>
        </header>
        <div className="min-h-0 flex-1 overflow-y-auto px-5 py-5 max-sm:px-4" tabIndex={-1}>{children}</div>
        {footer !== undefined && <footer className="shrink-0 border-t border-line bg-raised px-5 py-3 max-sm:px-4">{footer}</footer>}
      </div>
    </dialog>
  );
}
