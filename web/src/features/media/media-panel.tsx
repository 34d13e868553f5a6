import { altTextLengthMax, changeMedia, deleteMedia, getMedia, getMediaFile, listMediaUses, reshapeMedia, type Media, type MediaSeriesUse, type MediaUse, type Reshaping } from '@rookery/contract/media.ts';
import { Link } from '@tanstack/react-router';
import { useState, type ReactElement, type ReactNode } from 'react';

import { ApiError } from '../../platform/api-error.ts';
import { call, urlOf } from '../../platform/call.ts';
import { formatBytes, formatInstant, formatPlural } from '../../platform/format.ts';
import { refresh, useCall, useSend } from '../../platform/query.ts';
import { useCan, useSession } from '../../platform/session.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { TextAreaField } from '../../ui/field.tsx';
import { Form, rawTextOf, SubmitButton } from '../../ui/form.tsx';
import { describeVideoFacts } from './video-words.ts';
import { VideoPlayer } from './video-player.tsx';
import { MediaImage } from '../../ui/media-image.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Skeleton, SkeletonRows } from '../../ui/skeleton.tsx';
import { showProblem, showToast } from '../../ui/toast.tsx';

export interface MediaPanelProps {
  readonly mediaId: string;
  /** Opens another image here. */
  readonly onOpen: (mediaId: string) => void;
  readonly onClose: () => void;
}

/** Shapes that networks ask for, width divided by height. */
const shapes: readonly { readonly ratio: number; readonly words: string }[] = [
  { ratio: 1, words: '1:1, square' }, { ratio: 0.8, words: '4:5, portrait' }, { ratio: 1.91, words: '1.91:1, landscape' }, { ratio: 9 / 16, words: '9:16, story' },
];
const typeWords: Readonly<Record<Media['type'], string>> = {
  'image/jpeg': 'JPEG', 'image/png': 'PNG', 'image/gif': 'GIF', 'video/mp4': 'MP4', 'video/quicktime': 'MOV',
};

function Line({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <div className="grid grid-cols-[7rem_minmax(0,1fr)] gap-3 border-b border-line py-2 last:border-b-0">
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}

function Description({ media, canWrite }: { readonly media: Media; readonly canWrite: boolean }): ReactElement {
  const { workspace } = useSession();
  const change = useSend(changeMedia, ['listMedia', 'getMedia']);
  const [isChanged, setIsChanged] = useState(false);
  const submit = async (form: FormData): Promise<void> => {
    await change.mutateAsync({ params: { workspaceId: workspace.workspaceId, mediaId: media.id }, body: { altText: rawTextOf(form, 'altText').trim() } });
    setIsChanged(false);
    showToast('Saved');
  };
  return (
    <Form submit={submit} onInput={() => setIsChanged(true)} className="flex flex-col gap-3">
      <TextAreaField
        key={media.altText} label="Description" name="altText" rows={3} maxLength={altTextLengthMax} defaultValue={media.altText} readOnly={!canWrite}
        help="What is on it, for people who do not see it. New posts begin with it; posts that are written keep theirs."
      />
      {isChanged && <span className="flex justify-end"><SubmitButton>Save description</SubmitButton></span>}
    </Form>
  );
}

function Uses({ uses, series, zone }: { readonly uses: readonly MediaUse[]; readonly series: readonly MediaSeriesUse[]; readonly zone: string }): ReactElement {
  if (uses.length === 0 && series.length === 0) return <p className="text-muted">No post shows it.</p>;
  return (
    <ul className="flex flex-col divide-y divide-line">
      {series.map(({ seriesId, words, isPaused }) => (
        <li key={seriesId} className="flex items-center gap-3 py-2">
          <Link to="/series" className="min-w-0 flex-1 truncate underline decoration-line underline-offset-4 hover:decoration-ink">{words === '' ? 'A series without words' : words}</Link>
          <Badge tone="accent" shape="dot">{isPaused ? 'Series, paused' : 'Series'}</Badge>
        </li>
      ))}
      {uses.map(({ postId, words, dueAt, isWaiting }) => (
        <li key={postId} className="flex items-center gap-3 py-2">
          <Link to="/posts/$postId" params={{ postId }} className="min-w-0 flex-1 truncate underline decoration-line underline-offset-4 hover:decoration-ink">{words === '' ? 'A post without words' : words}</Link>
          <span className="shrink-0 text-caption text-muted">{dueAt === null ? '' : formatInstant(dueAt, zone)}</span>
          <Badge tone={isWaiting ? 'accent' : 'neutral'} shape={isWaiting ? 'dot' : 'ring'}>{isWaiting ? (dueAt === null ? 'Draft' : 'Planned') : 'Past'}</Badge>
        </li>
      ))}
    </ul>
  );
}

/** Why an image cannot be deleted, and what helps. */
function describeKeeping(waiting: number, repeating: number): string {
  const posts = waiting === 0 ? [] : [waiting === 1 ? 'a post that has not gone out' : `${formatPlural(waiting, 'post')} that have not gone out`];
  const series = repeating === 0 ? [] : [repeating === 1 ? 'a series' : `${repeating} series`];
  return `It is shown by ${[...posts, ...series].join(' and ')}: take it out there before you delete it.`;
}

function ReshapeMenu({ media, onOpen }: { readonly media: Media; readonly onOpen: MediaPanelProps['onOpen'] }): ReactElement {
  const { workspace } = useSession();
  const [isBusy, setIsBusy] = useState(false);
  const run = async (how: Reshaping, ratio: number): Promise<void> => {
    setIsBusy(true);
    try {
      const { media: made } = await call(reshapeMedia, { params: { workspaceId: workspace.workspaceId, mediaId: media.id }, body: { how, ratio } });
      await refresh(['listMedia']);
      showToast('This is the new image; the one before is still in the library');
      onOpen(made.id);
    } catch (error) {
      showProblem(error instanceof ApiError ? error.message : 'The image could not be changed. Try again.');
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <Menu trigger={<Button isBusy={isBusy}>Copy in another shape…</Button>} align="start" side="top">
      {shapes.map(({ ratio, words }) => <MenuItem key={`crop ${words}`} onSelect={() => void run('crop', ratio)}>Crop to {words}</MenuItem>)}
      {shapes.map(({ ratio, words }) => <MenuItem key={`fit ${words}`} onSelect={() => void run('fit', ratio)}>Fit with a background, {words}</MenuItem>)}
    </Menu>
  );
}

function Details({ media, onOpen, onClose }: Omit<MediaPanelProps, 'mediaId'> & { readonly media: Media }): ReactElement {
  const { workspace } = useSession();
  const canWrite = useCan('posts:write');
  const [isAsking, setIsAsking] = useState(false);
  const params = { workspaceId: workspace.workspaceId, mediaId: media.id };
  const uses = useCall(listMediaUses, { params });
  const waiting = uses.data?.uses.filter(({ isWaiting }) => isWaiting).length ?? 0;
  const repeating = uses.data?.series.length ?? 0;
  const remove = async (): Promise<void> => {
    await call(deleteMedia, { params });
    await refresh(['listMedia']);
    showToast(media.video === null ? 'The image was deleted' : 'The video was deleted');
    onClose();
  };
  return (
    <div className="flex flex-col gap-6">
      {media.isMissing && <Callout tone="danger">Its file has been lost from the server. Delete it here and add it again, or put the file back from a backup.</Callout>}
      {media.video === null ? (
        <a href={urlOf(getMediaFile, { params })} target="_blank" rel="noreferrer" className="grid place-items-center rounded-control bg-sunken p-2">
          <MediaImage mediaId={media.id} altText={media.altText === '' ? media.name : media.altText} size="640" placeholder={media.placeholder} className="max-h-[45vh] max-w-full" />
          <span className="sr-only">Open the whole image in a new tab</span>
        </a>
      ) : <VideoPlayer media={media} />}
      <Description media={media} canWrite={canWrite} />
      <dl>
        <Line name="Size">{media.width} × {media.height} px, {formatBytes(media.bytes)}</Line>
        <Line name="Type">{typeWords[media.type]}{media.isAnimated ? ', animation' : ''}</Line>
        {media.video !== null && <Line name="Video">{describeVideoFacts(media.video)}</Line>}
        <Line name="Added">{formatInstant(media.createdAt, workspace.timeZone)}</Line>
      </dl>
      <section className="flex flex-col gap-2">
        <h3 className="font-semibold">Where it is used</h3>
        {uses.data === undefined && uses.error === null && <SkeletonRows rows={2} label="Loading the posts" />}
        {uses.data === undefined && uses.error !== null && <ErrorState what="The posts" error={uses.error} onRetry={() => void uses.refetch()} />}
        {uses.data !== undefined && <Uses uses={uses.data.uses} series={uses.data.series} zone={workspace.timeZone} />}
      </section>
      {canWrite && (
        <div className="flex flex-col gap-2">
          <div className="flex flex-wrap gap-2">
            {!media.isMissing && media.video === null && <ReshapeMenu media={media} onOpen={onOpen} />}
            <Button kind="danger" disabled={waiting + repeating > 0} onClick={() => setIsAsking(true)}>Delete…</Button>
          </div>
          {waiting + repeating > 0 && <p className="text-caption text-muted">{describeKeeping(waiting, repeating)}</p>}
        </div>
      )}
      {isAsking && (
        <ConfirmDialog title={`Delete ${media.name}?`} verb="Delete" confirm={remove} onClose={() => setIsAsking(false)}>
          It is gone from the library for everyone in the workspace. What was published stays on the networks. This can&apos;t be undone.
        </ConfirmDialog>
      )}
    </div>
  );
}

/** One image: what it shows, how large it is, where it is used. */
export function MediaPanel({ mediaId, onOpen, onClose }: MediaPanelProps): ReactElement {
  const { workspace } = useSession();
  const { data, error, refetch } = useCall(getMedia, { params: { workspaceId: workspace.workspaceId, mediaId } });
  return (
    <Panel title={data?.media.name ?? 'Image'} onClose={onClose}>
      {data === undefined && error === null && <Skeleton className="h-80" />}
      {data === undefined && error !== null && <ErrorState what="The image" error={error} onRetry={() => void refetch()} />}
      {data !== undefined && <Details key={data.media.id} media={data.media} onOpen={onOpen} onClose={onClose} />}
    </Panel>
  );
}
