import { clsx } from 'clsx';
import type { ReactElement, ReactNode } from 'react';

export type Tone = 'neutral' | 'accent' | 'success' | 'warning' | 'danger' | 'info';
/** The shape says the state to those who do not see the colour. */
export type Shape = 'ring' | 'dot' | 'half' | 'quarter' | 'check' | 'alert' | 'pause';

const tones: Record<Tone, string> = {
  neutral: 'text-muted',
  accent: 'text-accent',
  success: 'text-success',
  warning: 'text-warning',
  danger: 'text-danger',
  info: 'text-info',
};

/** The shape of a state alone: put its word beside it. */
export function StateMark({ shape }: { readonly shape: Shape }): ReactElement {
  const line = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.75, strokeLinecap: 'round', strokeLinejoin: 'round' } as const;
  return (
    <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true" className="shrink-0">
      {shape === 'ring' && <circle cx="5" cy="5" r="3.25" {...line} />}
      {shape === 'dot' && <circle cx="5" cy="5" r="3.5" fill="currentColor" />}
      {shape === 'half' && <><circle cx="5" cy="5" r="3.25" {...line} strokeWidth={1.25} /><path d="M5 1.75a3.25 3.25 0 0 1 0 6.5Z" fill="currentColor" /></>}
      {shape === 'quarter' && <><circle cx="5" cy="5" r="3.25" {...line} strokeWidth={1.25} /><path d="M5 1.75A3.25 3.25 0 0 1 8.25 5H5Z" fill="currentColor" /></>}
      {shape === 'check' && <path d="m1.75 5.25 2.25 2.25 4.25-5" {...line} />}
      {shape === 'alert' && <><path d="M5 1.5v4" {...line} /><circle cx="5" cy="8.4" r="1" fill="currentColor" /></>}
      {shape === 'pause' && <path d="M3.25 2v6M6.75 2v6" {...line} />}
    </svg>
  );
}

export interface BadgeProps {
  readonly tone?: Tone;
  readonly shape?: Shape;
  readonly children: ReactNode;
  readonly className?: string;
}

/** A state as word and shape: `<Badge tone="success" shape="check">Published</Badge>`. */
export function Badge({ tone = 'neutral', shape, children, className }: BadgeProps): ReactElement {
  return (
    <span className={clsx('inline-flex h-5 items-center gap-1 rounded-full border border-line bg-surface px-2 text-axis font-medium whitespace-nowrap', tones[tone], className)}>
      {shape !== undefined && <StateMark shape={shape} />}
      {children}
    </span>
  );
}
