import { clsx } from 'clsx';
import { useId, type ReactElement } from 'react';

export interface SegmentedControlProps<Value extends string> {
  /** What is chosen, for screen readers: "Range". */
  readonly label: string;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly className?: string;
}

/** Few choices of which one is in force. Radio buttons underneath: arrow keys work as everywhere. */
export function SegmentedControl<Value extends string>({ label, options, value, onChange, className }: SegmentedControlProps<Value>): ReactElement {
  const name = useId();
  return (
    <fieldset className={clsx('inline-flex h-(--button-height) shrink-0 rounded-control bg-sunken p-0.5 ring-1 ring-line ring-inset', className)}>
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          className="relative flex min-w-8 flex-auto items-center justify-center rounded-small px-2.5 font-medium whitespace-nowrap text-muted transition-colors hover:text-ink has-checked:bg-surface has-checked:text-ink has-checked:ring-1 has-checked:ring-line has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
            className="absolute inset-0 size-full cursor-pointer appearance-none opacity-0"
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}
