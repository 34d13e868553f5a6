import type { ReactElement } from 'react';

import { formatDate } from '../../platform/format.ts';
import { useSession } from '../../platform/session.ts';
import { useNow } from '../../platform/use-now.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';

const historyDays = 90;
const dayMs = 86_400_000;
/** A demo whose newest figure is older than this is still being made: its own syncs come every day. */
const settledDays = 2;

function isFilling(measuredAt: string | null, nowMs: number): boolean {
  return measuredAt === null || nowMs - Date.parse(measuredAt) > settledDays * dayMs;
}

/** How far the history of a demo has come, until it is whole; `measuredAt` is its newest figure, null before the first. */
export function DemoProgress({ measuredAt }: { readonly measuredAt: string | null }): ReactElement | null {
  const { workspace } = useSession();
  const now = useNow();
  if (!isFilling(measuredAt, now)) return null;
  const daysLeft = measuredAt === null ? historyDays : (now - Date.parse(measuredAt)) / dayMs;
  return (
    <div role="status" className="flex flex-col gap-2 rounded-card border border-line bg-surface px-5 py-4">
      <p className="text-muted">
        {measuredAt === null
          ? 'The first accounts are being connected. Their history appears here as it is made, which takes about a minute.'
          : `90 days of history are being made by real syncs of the simulated networks: ${formatDate(measuredAt, workspace.timeZone)} so far.`}
      </p>
      <ProgressBar label="History made" share={1 - Math.min(1, daysLeft / historyDays)} />
    </div>
  );
}
