import type { ReactElement, ReactNode } from 'react';

export interface EmptyProps {
  /** One sentence: why there is nothing. */
  readonly children: ReactNode;
  /** One button: what to do about it. */
  readonly action?: ReactNode;
  /** What will be here, as faint text. */
  readonly hint?: ReactNode;
}

/** Nothing to show, why, and the next step. */
export function Empty({ children, action, hint }: EmptyProps): ReactElement {
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-12 text-center">
      <p className="max-w-[52ch] font-medium text-balance">{children}</p>
      {hint !== undefined && <p className="max-w-[52ch] text-caption text-balance text-muted">{hint}</p>}
      {action}
    </div>
  );
}
