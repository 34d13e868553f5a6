import { clsx } from 'clsx';
import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ComponentProps, ReactElement, ReactNode } from 'react';

import { useOverlayContainer } from './overlay-container.ts';

const item =
  'flex min-h-8 w-full items-center gap-2 rounded-small px-2 py-1 outline-none select-none data-highlighted:bg-hover data-disabled:opacity-55 pointer-coarse:min-h-11';

export interface MenuProps {
  /** The button that opens it: exactly one element that takes a ref. */
  readonly trigger: ReactElement;
  readonly children: ReactNode;
  readonly align?: 'start' | 'center' | 'end';
  readonly side?: 'top' | 'right' | 'bottom' | 'left';
  readonly className?: string;
}

/** A menu of actions. Not modal: a modal one would inject styles that our security policy refuses. */
export function Menu({ trigger, children, align = 'end', side = 'bottom', className }: MenuProps): ReactElement {
  const { container, onOpenChange } = useOverlayContainer();
  return (
    <DropdownMenu.Root modal={false} onOpenChange={onOpenChange}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal container={container}>
        <DropdownMenu.Content
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className={clsx('motion-rise z-40 max-w-80 min-w-48 rounded-card border border-line bg-raised p-1.5 text-body text-ink shadow-float', className)}
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** One action; `isDangerous` for what takes something away. With `asChild` a link. */
export function MenuItem({ isDangerous = false, className, ...rest }: ComponentProps<typeof DropdownMenu.Item> & { readonly isDangerous?: boolean }): ReactElement {
  return <DropdownMenu.Item {...rest} className={clsx(item, isDangerous && 'text-danger', className)} />;
}

export interface MenuChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: ReactNode }[];
  readonly onChange: (value: Value) => void;
}

/** One of several, with a tick at the one in force. */
export function MenuChoice<Value extends string>({ label, value, options, onChange }: MenuChoiceProps<Value>): ReactElement {
  const choose = (next: string): void => {
    const option = options.find((candidate) => candidate.value === next);
    if (option !== undefined) onChange(option.value);
  };
  return (
    <DropdownMenu.RadioGroup value={value} onValueChange={choose} aria-label={label}>
      <MenuLabel>{label}</MenuLabel>
      {options.map((option) => (
        <DropdownMenu.RadioItem key={option.value} value={option.value} className={clsx(item, 'pr-8')}>
          {option.label}
          <DropdownMenu.ItemIndicator className="absolute right-4"><Check size={14} aria-hidden="true" /></DropdownMenu.ItemIndicator>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}

export function MenuLabel({ children }: { readonly children: ReactNode }): ReactElement {
  return <DropdownMenu.Label className="px-2 pt-1.5 pb-1 text-axis font-medium text-faint">{children}</DropdownMenu.Label>;
}

export function MenuLine(): ReactElement {
  return <DropdownMenu.Separator className="-mx-1.5 my-1.5 h-px bg-line" />;
}
