import { Tooltip as RadixTooltip } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';

import { useOverlayContainer } from './overlay-container.ts';

export interface TooltipProps {
  readonly text: ReactNode;
  /** Exactly one element that takes focus and a ref. */
  readonly children: ReactElement;
  readonly side?: 'top' | 'right' | 'bottom' | 'left';
}

/** More about something, on hover and focus. Never the only place where it is said. */
export function Tooltip({ text, children, side = 'top' }: TooltipProps): ReactElement {
  const { container, onOpenChange } = useOverlayContainer();
  return (
    <RadixTooltip.Provider delayDuration={400}>
      <RadixTooltip.Root onOpenChange={onOpenChange}>
        <RadixTooltip.Trigger asChild>{children}</RadixTooltip.Trigger>
        <RadixTooltip.Portal container={container}>
          <RadixTooltip.Content side={side} sideOffset={6} collisionPadding={8} className="motion-fade z-50 max-w-64 rounded-small bg-ink px-2 py-1 text-caption text-canvas shadow-float">
            {text}
          </RadixTooltip.Content>
        </RadixTooltip.Portal>
      </RadixTooltip.Root>
    </RadixTooltip.Provider>
  );
}
