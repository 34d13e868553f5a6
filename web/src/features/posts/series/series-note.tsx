import type { Post } from '@rookery/contract/posts.ts';
import { endSeries, getSeries } from '@rookery/contract/series.ts';
import { Link } from '@tanstack/react-router';
import { Repeat } from 'lucide-react';
import { useState, type ReactElement } from 'react';

import { call } from '../../../platform/call.ts';
import { refresh, useCall } from '../../../platform/query.ts';
import { useCan, useSession } from '../../../platform/session.ts';
import { Button, buttonStyle } from '../../../ui/button.tsx';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { describeRule, seriesWords } from './sentence.ts';

export interface SeriesNoteProps {
  readonly series: NonNullable<Post['series']>;
  /** Deletes this occurrence; null where it cannot be skipped any more. */
  readonly onSkip: (() => void) | null;
}

/** Says that a post is one of a series, with the way to the others. */
export function SeriesNote({ series, onSkip }: SeriesNoteProps): ReactElement {
  const { workspace } = useSession();
  const canWrite = useCan('posts:write');
  const [isEnding, setIsEnding] = useState(false);
  const params = { workspaceId: workspace.workspaceId, seriesId: series.id };
  const found = useCall(getSeries, { params }).data?.series;
  const end = async (): Promise<void> => {
    if (found === undefined) return;
    await call(endSeries, { params, body: { version: found.version } });
    await refresh(['getSeries', 'listSeries', 'listCalendar', 'getPost']);
  };
  return (
    <section aria-label="Series" className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-control border border-line px-3 py-2.5">
      <Repeat size={16} aria-hidden="true" className="mt-0.5 shrink-0 self-start text-muted" />
      <div className="min-w-0 flex-1 basis-56">
        <p className="font-medium">Part of a series{found !== undefined && found.state !== 'active' ? ` · ${seriesWords[found.state].word}` : ''}</p>
        {found !== undefined && <p className="text-caption text-muted">{describeRule(found.rule)}</p>}
        <p className="text-caption text-muted">{series.isEdited ? 'Changed by hand: the series leaves this post alone.' : 'A change here is for this post alone.'}</p>
      </div>
      {canWrite && (
        <span className="flex flex-wrap gap-2">
          <Link to="/series" className={buttonStyle({ size: 'small' })}>Edit series</Link>
          {onSkip !== null && <Button size="small" onClick={onSkip}>Skip this one</Button>}
          {found !== undefined && found.state !== 'ended' && <Button size="small" onClick={() => setIsEnding(true)}>End series</Button>}
        </span>
      )}
      {isEnding && (
        <ConfirmDialog title="End this series?" verb="End the series" confirm={end} onClose={() => setIsEnding(false)}>
          What is planned of it, this post too unless it was changed by hand, is taken out of the calendar. Posts that are out stay.
        </ConfirmDialog>
      )}
    </section>
  );
}
