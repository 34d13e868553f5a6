import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useState, type ReactElement } from 'react';

import { useImageUploads } from '../../platform/image-uploads.ts';
import { useShortcut } from '../../platform/keyboard.ts';
import { refresh } from '../../platform/query.ts';
import { useCan } from '../../platform/session.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SearchInput } from '../../ui/field.tsx';
import { Page } from '../../ui/page.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { MediaGrid } from './media-grid.tsx';
import { MediaPanel } from './media-panel.tsx';
import type { MediaSearch } from './search.ts';
import { AddImages, DropArea, UploadList } from './upload-area.tsx';
import { useMedia } from './use-media.ts';

const route = getRouteApi('/app/media');
const searchDelayMs = 250;

function SearchField({ search, onChange }: { readonly search: MediaSearch; readonly onChange: (q: string) => void }): ReactElement {
  const [text, setText] = useState(search.q ?? '');
  useEffect(() => {
    if (text.trim() === (search.q ?? '')) return undefined;
    const timer = setTimeout(() => onChange(text.trim()), searchDelayMs);
    return () => clearTimeout(timer);
    // oxlint-disable-next-line react/exhaustive-deps -- what was typed counts, not what the address said meanwhile
  }, [text]);
  return <SearchInput aria-label="Search images by name or description" placeholder="Name or description" maxLength={100} value={text} onChange={(event) => setText(event.target.value)} />;
}

function LoadingTiles(): ReactElement {
  return (
    <div role="status" aria-label="Loading the library" className="grid grid-cols-[repeat(auto-fill,minmax(8.5rem,1fr))] gap-4">
      {Array.from({ length: 12 }, (_, index) => <Skeleton key={index} className="aspect-square" />)}
    </div>
  );
}

/** "What images do we have?" */
export function MediaLibrary(): ReactElement {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const canWrite = useCan('posts:write');
  const uploads = useImageUploads(() => void refresh(['listMedia']));
  const list = useMedia(search.q);
  const images = list.data?.pages.flatMap((page) => page.media) ?? [];
  const show = (next: MediaSearch): void => void navigate({ search: next, replace: true });
  const withoutImage: MediaSearch = search.q === undefined ? {} : { q: search.q };
  const move = (by: number): void => {
    const next = images[images.findIndex(({ id }) => id === search.image) + by];
    if (search.image !== undefined && next !== undefined) show({ ...search, image: next.id });
  };
  useShortcut('j', 'Next image', () => move(1));
  useShortcut('k', 'Previous image', () => move(-1));
  return (
    <Page title="Media" width="full" actions={canWrite ? <AddImages uploads={uploads} /> : undefined}>
      <DropArea uploads={canWrite ? uploads : null}>
        <div className="max-w-96"><SearchField search={search} onChange={(q) => show(q === '' ? {} : { q })} /></div>
        <UploadList uploads={uploads} />
        {list.isPending && <LoadingTiles />}
        {list.error !== null && list.data === undefined && <ErrorState what="The library" error={list.error} onRetry={() => void list.refetch()} />}
        {list.data !== undefined && images.length === 0 && (search.q === undefined
          ? <Empty hint="Drop them here, or add them to posts: JPEG, PNG, GIF, WebP and AVIF up to 20 MB, MP4 and MOV up to 512 MB. Place, camera and every other note in them is removed; videos are not converted." action={canWrite ? <AddImages uploads={uploads} /> : undefined}>No images yet.</Empty>
          : <Empty action={<Button onClick={() => show({})}>Show all images</Button>}>No image has these words in its name or description.</Empty>)}
        {images.length > 0 && (
          <MediaGrid images={images} search={search} isOld={list.isPlaceholderData} onMore={list.hasNextPage ? () => void list.fetchNextPage() : null} isLoadingMore={list.isFetchingNextPage} />
        )}
      </DropArea>
      {search.image !== undefined && <MediaPanel mediaId={search.image} onOpen={(image) => show({ ...search, image })} onClose={() => show(withoutImage)} />}
    </Page>
  );
}
