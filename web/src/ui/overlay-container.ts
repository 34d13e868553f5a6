import { useState } from 'react';

/** Where a floating thing is put, and the listener that finds the place each time it opens. */
export interface OverlayContainer {
  readonly container: HTMLElement | null;
  readonly onOpenChange: (isOpen: boolean) => void;
}

/**
 * Floating things go into the open dialog, because everything outside it is inert, else into the place that the shell keeps
 * for them inside its landmark.
 */
export function useOverlayContainer(): OverlayContainer {
  const [container, setContainer] = useState<HTMLElement | null>(null);
  const onOpenChange = (isOpen: boolean): void => {
    if (isOpen) setContainer(document.querySelector<HTMLElement>('dialog:modal') ?? document.getElementById('overlays'));
  };
  return { container, onOpenChange };
}
