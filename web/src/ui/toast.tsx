import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { useEffect, useRef, useState, type ReactElement } from 'react';

import { createStore, useStore, type Store } from '../platform/store.ts';

interface Toast {
  readonly id: number;
  readonly message: string;
  readonly tone: 'success' | 'danger';
  readonly action?: { readonly label: string; readonly run: () => void };
  readonly shownMs?: number;
}

const defaultShownMs = 5_000;
const toastsMax = 3;
let lastId = 0;
const toasts: Store<readonly Toast[]> = createStore<readonly Toast[]>([]);

/** Says in one line that something happened, with at most one action ("Undo"). Goes after five seconds, or as many as it needs. */
export function showToast(message: string, action?: Toast['action'], shownMs: number = defaultShownMs): void {
  add({ message, tone: 'success', shownMs, ...(action === undefined ? {} : { action }) });
}

/** Says that something failed; stays until closed. */
export function showProblem(message: string, action?: Toast['action']): void {
  add({ message, tone: 'danger', ...(action === undefined ? {} : { action }) });
}

function add(toast: Omit<Toast, 'id'>): void {
  lastId += 1;
  toasts.set([...toasts.get(), { ...toast, id: lastId }].slice(-toastsMax));
}

function close(id: number): void {
  toasts.set(toasts.get().filter((toast) => toast.id !== id));
}

function ToastLine({ toast, isPaused }: { readonly toast: Toast; readonly isPaused: boolean }): ReactElement {
  const { id, tone, message, action, shownMs = defaultShownMs } = toast;
  useEffect(() => {
    if (tone === 'danger' || isPaused) return undefined;
    const timer = setTimeout(() => close(id), shownMs);
    return () => clearTimeout(timer);
  }, [id, tone, isPaused, shownMs]);
  const Icon = tone === 'danger' ? CircleAlert : CircleCheck;
  return (
    <li className="motion-rise flex items-center gap-2.5 rounded-card border border-line bg-raised py-2 pr-2 pl-3.5 shadow-float">
      <Icon size={16} aria-hidden="true" className={tone === 'danger' ? 'shrink-0 text-danger' : 'shrink-0 text-success'} />
      <span className="min-w-0 flex-1">{message}</span>
      {action !== undefined && (
        <button
          type="button"
          className="hit-24 rounded-small px-2 font-medium text-accent hover:bg-hover"
          onClick={() => {
            action.run();
            close(id);
          }}
        >
          {action.label}
        </button>
      )}
      <button type="button" aria-label="Close" onClick={() => close(id)} className="grid hit-24 place-items-center rounded-small text-muted hover:bg-hover hover:text-ink">
        <X size={14} aria-hidden="true" />
      </button>
    </li>
  );
}

/** Where toasts appear, bottom left; put once at the end of the app. Pointing at or focusing them stops their clock. */
export function Toaster(): ReactElement {
  const list = useStore(toasts);
  const element = useRef<HTMLDivElement>(null);
  const [isPaused, setIsPaused] = useState(false);
  const isOpen = list.length > 0;
  useEffect(() => {
    // In the top layer, so that a toast is seen above a dialog too.
    if (isOpen && element.current?.matches(':popover-open') === false) element.current.showPopover();
    if (!isOpen && element.current?.matches(':popover-open') === true) element.current.hidePopover();
  }, [isOpen, list]);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- it only stops the clock
    <div
      ref={element}
      popover="manual"
      role="status"
      aria-live="polite"
      className="fixed inset-auto bottom-4 left-4 m-0 md:left-18 lg:left-60 w-90 max-w-[calc(100vw-2rem)] bg-transparent p-0 text-body text-ink max-md:bottom-18"
      onMouseEnter={() => setIsPaused(true)}
      onMouseLeave={() => setIsPaused(false)}
      onFocus={() => setIsPaused(true)}
      onBlur={() => setIsPaused(false)}
    >
      <ul className="flex flex-col gap-2">
        {list.map((toast) => <ToastLine key={toast.id} toast={toast} isPaused={isPaused} />)}
      </ul>
    </div>
  );
}
