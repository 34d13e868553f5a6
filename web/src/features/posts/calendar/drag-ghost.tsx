import type { ReactElement } from 'react';

import { formatWall } from '../../../platform/format.ts';
import type { Drag } from './use-drag.ts';

/** The new time, at the pointer. */
export function DragGhost({ drag }: { readonly drag: Drag | null }): ReactElement | null {
  if (drag === null) return null;
  return (
    <div
      role="status"
      className="pointer-events-none fixed top-0 left-0 z-50 rounded-small bg-ink px-2 py-1 text-caption font-medium text-canvas shadow-float"
      style={{ transform: `translate(${drag.x + 14}px, ${drag.y + 14}px)` }}
    >
      {drag.day === '' ? 'Not here' : formatWall(drag.wallTime)}
    </div>
  );
}
