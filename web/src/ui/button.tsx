import { cva, type VariantProps } from 'class-variance-authority';
import { clsx } from 'clsx';
import type { ComponentProps, ReactElement } from 'react';

import { Spinner } from './spinner.tsx';

/** The classes of a button, for links that look like one: `<Link className={buttonStyle({ kind: 'primary' })}>`. */
export const buttonStyle = cva(
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-control text-body font-medium whitespace-nowrap select-none transition-colors disabled:opacity-55',
  {
    variants: {
      kind: {
        primary: 'bg-accent text-on-accent not-disabled:hover:bg-accent-strong',
        secondary: 'border border-control bg-surface text-ink not-disabled:hover:bg-hover',
        ghost: 'text-muted not-disabled:hover:bg-hover not-disabled:hover:text-ink',
        danger: 'border border-danger bg-surface text-danger not-disabled:hover:bg-danger-soft',
        'danger-filled': 'bg-danger text-surface not-disabled:hover:opacity-90',
      },
      size: {
        default: 'h-(--button-height) px-3',
        small: 'h-(--button-height-small) px-2.5 text-caption',
        touch: 'h-10 px-4',
        icon: 'size-(--button-height)',
        'icon-small': 'size-(--button-height-small)',
      },
    },
    defaultVariants: { kind: 'secondary', size: 'default' },
  },
);

export interface ButtonProps extends ComponentProps<'button'>, VariantProps<typeof buttonStyle> {
  /** Shows a spinner before the label and takes no presses; the label stays. */
  readonly isBusy?: boolean;
}

/** A button. One `primary` per view; `danger-filled` only inside a confirm dialog. */
export function Button({ kind, size, isBusy = false, className, children, type = 'button', disabled, ...rest }: ButtonProps): ReactElement {
  return (
    <button
      {...rest}
      type={type}
      disabled={disabled === true || isBusy}
      aria-busy={isBusy || undefined}
      className={clsx(buttonStyle({ kind, size }), className)}
    >
      {isBusy && <Spinner />}
      {children}
    </button>
  );
}
