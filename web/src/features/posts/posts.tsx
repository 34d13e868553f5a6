import { useMatch, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState, type ReactElement } from 'react';

import { Skeleton } from '../../ui/skeleton.tsx';
import type { CalendarSearch } from './search.ts';

const Calendar = lazy(async () => ({ default: (await import('./calendar/calendar.tsx')).Calendar }));
const PostScreen = lazy(async () => ({ default: (await import('./post.tsx')).PostScreen }));

function Waiting(): ReactElement {
  return (
    <div role="status" aria-label="Loading">
      <div className="flex h-14 items-center border-b border-line px-4 md:px-8"><Skeleton className="h-4 w-32" /></div>
      <div className="px-4 py-6 md:px-8"><Skeleton className="h-96 rounded-card" /></div>
    </div>
  );
}

/** The calendar, and a post as a sheet over it, or as a page of its own when it was not opened from there. */
export function Posts(): ReactElement {
  const calendar = useMatch({ from: '/app/posts/calendar', shouldThrow: false });
  const open = useMatch({ from: '/app/posts/posts/$postId', shouldThrow: false });
  const navigate = useNavigate();
  // What the calendar showed last stays under the post that was opened from it.
  const [under, setUnder] = useState<CalendarSearch | null>(null);
  if (calendar !== undefined && calendar.search !== under) setUnder(calendar.search);
  const search = calendar?.search ?? under;
  const close = (): void => void navigate({ to: '/calendar', search: under ?? {}, resetScroll: false });
  return (
    <>
      {search !== null && <Suspense fallback={<Waiting />}><Calendar search={search} /></Suspense>}
      {open !== undefined && (
        <Suspense fallback={search === null ? <Waiting /> : null}>
          <PostScreen postId={open.params.postId} search={open.search} isSheet={under !== null} onClose={close} />
        </Suspense>
      )}
    </>
  );
}
