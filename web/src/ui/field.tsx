import { clsx } from 'clsx';
import { CircleAlert, Eye, EyeOff } from 'lucide-react';
import { useId, useState, type ComponentProps, type ReactElement, type ReactNode } from 'react';

import { useFieldErrors } from './form.tsx';

const control =
  'h-(--input-height) w-full rounded-control border border-control bg-surface px-3 text-input text-ink placeholder:text-faint transition-colors hover:border-muted disabled:opacity-60 aria-invalid:border-danger';

interface FieldProps {
  readonly label: string;
  readonly name: string;
  /** One line under the control: what it is for. */
  readonly help?: ReactNode;
}

interface FrameProps extends FieldProps {
  readonly children: (wiring: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined }) => ReactNode;
}

/** Label above, help and errors under it, wired to the control for screen readers. */
function FieldFrame({ label, name, help, children }: FrameProps): ReactElement {
  const id = useId();
  const errors = useFieldErrors(name);
  const described = clsx(help !== undefined && `${id}-help`, errors.length > 0 && `${id}-error`);
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-caption font-medium text-ink">{label}</label>
      {children({ id, 'aria-describedby': described === '' ? undefined : described, 'aria-invalid': errors.length > 0 ? true : undefined })}
      {help !== undefined && <p id={`${id}-help`} className="text-caption text-muted">{help}</p>}
      {errors.length > 0 && (
        <ul id={`${id}-error`} className="flex flex-col gap-1 text-caption text-danger">
          {errors.map((error) => (
            <li key={`${error.code}:${error.message}`} data-code={error.code} className="flex gap-1.5">
              <CircleAlert size={14} className="mt-px shrink-0" aria-hidden="true" />
              <span>{error.message}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

type InputProps = FieldProps & Omit<ComponentProps<'input'>, 'id' | 'name'>;

/** One line of text with its label. Uncontrolled: give `defaultValue`. */
export function TextField({ label, name, help, className, ...rest }: InputProps): ReactElement {
  return (
    <FieldFrame label={label} name={name} help={help}>
      {(wiring) => <input type="text" {...rest} {...wiring} name={name} className={clsx(control, className)} />}
    </FieldFrame>
  );
}

/** A password that can be shown, pasted into and filled by a manager. */
export function PasswordField({ label, name, help, ...rest }: InputProps): ReactElement {
  const [isShown, setIsShown] = useState(false);
  const Icon = isShown ? EyeOff : Eye;
  return (
    <FieldFrame label={label} name={name} help={help}>
      {(wiring) => (
        <div className="relative">
          <input {...rest} {...wiring} name={name} type={isShown ? 'text' : 'password'} spellCheck={false} autoCapitalize="off" className={clsx(control, 'pr-10')} />
          <button
            type="button"
            aria-label={isShown ? 'Hide password' : 'Show password'}
            aria-pressed={isShown}
            onClick={() => setIsShown(!isShown)}
            className="absolute inset-y-0 right-0 grid w-10 place-items-center rounded-control text-muted hover:text-ink focus-visible:-outline-offset-2"
          >
            <Icon size={16} aria-hidden="true" />
          </button>
        </div>
      )}
    </FieldFrame>
  );
}

/** Several lines of text with their label. */
export function TextAreaField({ label, name, help, className, ...rest }: FieldProps & Omit<ComponentProps<'textarea'>, 'id' | 'name'>): ReactElement {
  return (
    <FieldFrame label={label} name={name} help={help}>
      {(wiring) => <textarea rows={4} {...rest} {...wiring} name={name} className={clsx(control, 'h-auto py-2', className)} />}
    </FieldFrame>
  );
}

/** A choice from a list with its label: the browser's own, which every phone and screen reader knows. */
export function SelectField({ label, name, help, children, ...rest }: FieldProps & Omit<ComponentProps<'select'>, 'id' | 'name'>): ReactElement {
  return (
    <FieldFrame label={label} name={name} help={help}>
      {(wiring) => <Select {...rest} {...wiring} name={name}>{children}</Select>}
    </FieldFrame>
  );
}

/** A native select in our clothes. Without a visible label give `aria-label`. */
export function Select({ className, children, ...rest }: ComponentProps<'select'>): ReactElement {
  return (
    <span className={clsx('relative inline-flex', className)}>
      <select {...rest} className={clsx(control, 'appearance-none truncate pr-8 pl-3')}>{children}</select>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" className="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 text-muted">
        <path d="m4 6 4 4 4-4" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
    </span>
  );
}

/** A small search box: no label shown, so `aria-label` is needed. */
export function SearchInput({ className, ...rest }: ComponentProps<'input'> & { readonly 'aria-label': string }): ReactElement {
  return <input type="search" autoComplete="off" spellCheck={false} {...rest} className={clsx(control, 'h-(--button-height)', className)} />;
}
