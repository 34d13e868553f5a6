import { X } from 'lucide-react';
import { useEffect, useId, useRef, type KeyboardEvent, type ReactElement, type ReactNode } from 'react';

import { rememberFocus } from './return-focus.ts';

export interface PanelProps {
  readonly title: string;
  readonly subtitle?: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

const phone = '(max-width: 47.99rem)';

/**
 * Details at the right, 480 px, beside the list they belong to: mount it to open it. Esc closes. On phones it
 * covers the screen and keeps focus inside; on a desk the list stays usable.
 */
export function Panel({ title, subtitle, onClose, children }: PanelProps): ReactElement {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = element.current;
    const returnFocus = rememberFocus();
    if (globalThis.matchMedia(phone).matches) dialog?.showModal();
    else dialog?.show();
    heading.current?.focus();
    return () => {
      dialog?.close();
      returnFocus();
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    onClose();
  };
  return (
    <dialog
      ref={element}
      aria-labelledby={id}
      onKeyDown={onKeyDown}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      className="motion-slide fixed inset-y-0 right-0 left-auto z-30 m-0 h-dvh max-h-none w-full max-w-full overflow-auto border-l border-line bg-raised p-0 text-ink shadow-float sm:w-120"
    >
      <header className="sticky top-0 z-10 flex min-h-14 items-center justify-between gap-4 border-b border-line bg-raised px-5 py-2">
        <div className="min-w-0">
          <h2 id={id} ref={heading} tabIndex={-1} className="truncate text-title font-semibold outline-none">{title}</h2>
          {subtitle !== undefined && <p className="truncate text-caption text-muted">{subtitle}</p>}
        </div>
        <button type="button" aria-label="Close" onClick={onClose} className="grid size-8 shrink-0 place-items-center rounded-small text-muted hover:bg-hover hover:text-ink">
          <X size={16} aria-hidden="true" />
        </button>
      </header>
      <div className="p-5">{children}</div>
    </dialog>
  );
}
