import type { Media } from '@rookery/contract/media.ts';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { useEffect, useRef, type KeyboardEvent, type ReactElement } from 'react';

import { Button } from '../../ui/button.tsx';
import { formatLength } from './video-words.ts';
import { MediaImage } from '../../ui/media-image.tsx';
import { stepFrom } from './grid-step.ts';
import type { MediaSearch } from './search.ts';

export interface MediaGridProps {
  readonly images: readonly Media[];
  readonly search: MediaSearch;
  readonly isOld: boolean;
  /** Null when all are shown. */
  readonly onMore: (() => void) | null;
  readonly isLoadingMore: boolean;
}

/** How far below the window the next images are asked for. */
const ahead = '600px';

function Tile({ media, search }: { readonly media: Media; readonly search: MediaSearch }): ReactElement {
  const note = media.isMissing ? 'File lost' : media.video !== null ? `Video, ${formatLength(media.video.durationMs)}` : media.altText.trim() === '' ? 'No description' : media.isAnimated ? 'Animation' : null;
  const isOpen = search.image === media.id;
  return (
    // What is far away is not laid out: ten thousand images scroll like sixty.
    <li className="[contain-intrinsic-size:auto_11rem] [content-visibility:auto]">
      <Link
        to="/media"
        search={{ ...search, image: media.id }}
        replace={search.image !== undefined}
        data-tile=""
        aria-current={isOpen ? 'true' : undefined}
        className={clsx('flex flex-col gap-1 rounded-control p-1.5 hover:bg-hover focus-visible:-outline-offset-2', isOpen && 'bg-accent-soft')}
      >
        {/* Its name follows in words. */}
        <MediaImage mediaId={media.id} altText="" placeholder={media.placeholder} className="aspect-square w-full" />
        <span className="truncate text-caption">{media.name}</span>
        <span className={clsx('min-h-4 truncate text-axis', media.isMissing ? 'text-danger' : note === 'No description' ? 'text-warning' : 'text-muted')}>{note}</span>
      </Link>
    </li>
  );
}

/** The images as tiles of one size. Arrow keys move among them; the next page comes by itself before the end is reached. */
export function MediaGrid({ images, search, isOld, onMore, isLoadingMore }: MediaGridProps): ReactElement {
  const list = useRef<HTMLUListElement>(null);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const mark = end.current;
    if (mark === null || onMore === null || isLoadingMore) return undefined;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting === true) onMore();
    }, { rootMargin: ahead });
    observer.observe(mark);
    return () => observer.disconnect();
  }, [onMore, isLoadingMore]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const tiles = [...(list.current?.querySelectorAll<HTMLElement>('[data-tile]') ?? [])];
    const index = tiles.findIndex((tile) => tile === document.activeElement);
    const columns = globalThis.getComputedStyle(event.currentTarget).gridTemplateColumns.split(' ').length;
    const to = index < 0 || event.altKey || event.metaKey || event.ctrlKey ? null : stepFrom({ index, count: tiles.length, columns }, event.key);
    if (to === null) return;
    event.preventDefault();
    tiles[to]?.focus();
  };
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- arrows move the focus among the links inside */}
      <ul ref={list} aria-label="Images" onKeyDown={onKeyDown} className={clsx('grid grid-cols-[repeat(auto-fill,minmax(8.5rem,1fr))] gap-1 transition-opacity', isOld && 'opacity-60')}>
        {images.map((media) => <Tile key={media.id} media={media} search={search} />)}
      </ul>
      <div ref={end} className="flex justify-center">
        {onMore !== null && <Button kind="ghost" isBusy={isLoadingMore} onClick={onMore}>Show older media</Button>}
      </div>
    </>
  );
}
