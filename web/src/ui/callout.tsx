import { clsx } from 'clsx';
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';

const tones = {
  info: { ground: 'bg-info-soft text-info', Icon: Info },
  success: { ground: 'bg-success-soft text-success', Icon: CircleCheck },
  warning: { ground: 'bg-warning-soft text-warning', Icon: TriangleAlert },
  danger: { ground: 'bg-danger-soft text-danger', Icon: CircleAlert },
} as const;

export interface CalloutProps {
  readonly tone: keyof typeof tones;
  readonly children: ReactNode;
  /** The next step, as a button or link. */
  readonly action?: ReactNode;
  readonly role?: 'alert' | 'status';
  readonly className?: string;
}

/** A few words that must not be missed, in place, with the way out. */
export function Callout({ tone, children, action, role, className }: CalloutProps): ReactElement {
  const { ground, Icon } = tones[tone];
  return (
    <div role={role} className={clsx('flex flex-wrap items-center gap-x-3 gap-y-2 rounded-control px-3 py-2.5', ground, className)}>
      <Icon size={16} className="shrink-0 self-start mt-0.5" aria-hidden="true" />
      <div className="min-w-0 flex-1 basis-48 text-ink">{children}</div>
      {action}
    </div>
  );
}
