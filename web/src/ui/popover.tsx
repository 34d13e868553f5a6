import { clsx } from 'clsx';
import { Popover as RadixPopover } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';

import { useOverlayContainer } from './overlay-container.ts';

export interface PopoverProps {
  readonly trigger: ReactElement;
  /** Names it for screen readers. */
  readonly label: string;
  readonly children: ReactNode;
  readonly align?: 'start' | 'center' | 'end';
  readonly className?: string;
}

/** A small floating box with controls: filters, explanations. */
export function Popover({ trigger, label, children, align = 'start', className }: PopoverProps): ReactElement {
  const { container, onOpenChange } = useOverlayContainer();
  return (
    <RadixPopover.Root onOpenChange={onOpenChange}>
      <RadixPopover.Trigger asChild>{trigger}</RadixPopover.Trigger>
      <RadixPopover.Portal container={container}>
        <RadixPopover.Content
          aria-label={label}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className={clsx('motion-rise z-40 w-72 rounded-card border border-line bg-raised p-4 text-body text-ink shadow-float', className)}
        >
          {children}
        </RadixPopover.Content>
      </RadixPopover.Portal>
    </RadixPopover.Root>
  );
}
