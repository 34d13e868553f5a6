import type { FieldError } from '@rookery/contract/errors.ts';
import { clsx } from 'clsx';
import { createContext, useContext, useRef, useState, type FormEvent, type ReactElement, type ReactNode } from 'react';

import { ApiError } from '../platform/api-error.ts';
import { Button, type ButtonProps } from './button.tsx';
import { Callout } from './callout.tsx';
import { CopyId } from './copy-id.tsx';

interface FormState {
  readonly isBusy: boolean;
  readonly errors: readonly FieldError[];
}

const FormContext = createContext<FormState>({ isBusy: false, errors: [] });

/** The messages for a field: those whose pointer into the body is `/name`. */
export function useFieldErrors(name: string): readonly FieldError[] {
  return useContext(FormContext).errors.filter((error) => error.pointer === `/${name}`);
}

function toApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError('internal', 'Something went wrong in this page. Try again.');
}

function FormProblem({ error, fields }: { readonly error: ApiError; readonly fields: readonly string[] }): ReactElement | null {
  const loose = error.fields.filter((field) => !fields.includes(field.pointer.slice(1)));
  const isSaidAtFields = error.fields.length > 0 && loose.length === 0;
  if (isSaidAtFields) return <p className="sr-only" role="alert">{error.message}</p>;
  return (
    <Callout tone="danger" role="alert">
      <p>{loose.length > 0 ? loose.map((field) => field.message).join(' ') : error.message}</p>
      {error.requestId !== null && error.code === 'internal' && <CopyId label="Request" value={error.requestId} />}
    </Callout>
  );
}

interface Refusal {
  readonly refused: ApiError;
  /** Names of the form's fields: what is said at one of them is not said above. */
  readonly fields: readonly string[];
}

function fieldNames(form: HTMLFormElement | null): string[] {
  return form === null ? [] : [...form.elements].flatMap((element) => element.getAttribute('name') ?? []);
}

export interface FormProps {
  readonly children: ReactNode;
  readonly className?: string;
  /** Sends the values; what it throws is shown at the fields it names, else above the form. */
  readonly submit: (data: FormData) => Promise<void>;
  readonly onInput?: () => void;
  readonly id?: string;
}

/** A form with uncontrolled fields: knows when it is busy, and puts refused fields in words where they are. */
export function Form({ children, className, submit, onInput, id }: FormProps): ReactElement {
  const form = useRef<HTMLFormElement>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<Refusal | null>(null);

  const onSubmit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    const data = new FormData(event.currentTarget);
    setIsBusy(true);
    setError(null);
    try {
      await submit(data);
    } catch (failure) {
      const refused = toApiError(failure);
      const fields = fieldNames(form.current);
      setError({ refused, fields });
      const first = fields.find((name) => refused.fields.some((field) => field.pointer === `/${name}`));
      const element = first === undefined ? null : form.current?.elements.namedItem(first);
      if (element instanceof HTMLElement) setTimeout(() => element.focus());
    } finally {
      setIsBusy(false);
    }
  };

  return (
    <FormContext value={{ isBusy, errors: error?.refused.fields ?? [] }}>
      <form ref={form} id={id} className={clsx('flex flex-col gap-4', className)} onSubmit={(event) => void onSubmit(event)} onInput={onInput} noValidate>
        {error !== null && <FormProblem error={error.refused} fields={error.fields} />}
        {children}
      </form>
    </FormContext>
  );
}

/** The button that sends the form around it; busy while it does. */
export function SubmitButton(props: Omit<ButtonProps, 'type' | 'isBusy'>): ReactElement {
  const { isBusy } = useContext(FormContext);
  return <Button kind="primary" {...props} type="submit" isBusy={isBusy} />;
}

/** The text a field holds in a sent form, without blanks around it. */
export function textOf(data: FormData, name: string): string {
  return rawTextOf(data, name).trim();
}

/** The text a field holds exactly as typed: for passwords, where blanks count. */
export function rawTextOf(data: FormData, name: string): string {
  const value = data.get(name);
  return typeof value === 'string' ? value : '';
}
