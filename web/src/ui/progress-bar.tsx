import type { ReactElement } from 'react';

/** A thin bar for a share between 0 and 1; null: it runs, nobody knows how far. */
export function ProgressBar({ label, share }: { readonly label: string; readonly share: number | null }): ReactElement {
  const percent = share === null ? 0 : Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === null ? undefined : percent}
      className="h-1.5 w-full overflow-hidden rounded-full bg-line"
    >
      {share === null
        ? <div className="motion-travel h-full w-1/3 rounded-full bg-accent" />
        : <div className="h-full rounded-full bg-accent transition-[width]" style={{ width: `${percent}%` }} />}
    </div>
  );
}
