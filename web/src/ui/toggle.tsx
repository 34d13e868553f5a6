import { clsx } from 'clsx';
import type { ComponentProps, ReactElement, ReactNode } from 'react';

interface ToggleProps extends Omit<ComponentProps<'input'>, 'type' | 'children'> {
  readonly label: ReactNode;
  readonly help?: ReactNode;
}

/** On or off, in force at once. A native checkbox with the role of a switch. */
export function Switch({ label, help, className, ...rest }: ToggleProps): ReactElement {
  return (
    <label className={clsx('flex min-h-6 items-start justify-between gap-4', className)}>
      <span>
        <span className="font-medium">{label}</span>
        {help !== undefined && <span className="block text-caption text-muted">{help}</span>}
      </span>
      <input
        {...rest}
        type="checkbox"
        // oxlint-disable-next-line jsx-a11y/role-has-required-aria-props -- a checkbox says itself whether it is checked
        role="switch"
        className="relative mt-0.5 h-5 w-9 shrink-0 appearance-none rounded-full border border-control bg-sunken transition-colors before:absolute before:top-0.75 before:left-0.75 before:size-3 before:rounded-full before:bg-control before:transition-transform checked:border-accent checked:bg-accent checked:before:translate-x-4 checked:before:bg-on-accent"
      />
    </label>
  );
}

/** Chosen or not, as part of a form or a list. */
export function Checkbox({ label, help, className, ...rest }: ToggleProps): ReactElement {
  return (
    <label className={clsx('flex min-h-6 items-start gap-2.5', className)}>
      <input {...rest} type="checkbox" className="mt-0.5 size-4 shrink-0 accent-accent" />
      <span>
        <span className="font-medium">{label}</span>
        {help !== undefined && <span className="block text-caption text-muted">{help}</span>}
      </span>
    </label>
  );
}
