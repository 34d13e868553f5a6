import { listMedia, type Media } from '@rookery/contract/media.ts';
import { useState, type ReactElement } from 'react';

import { useCall } from '../../../platform/query.ts';
import { useSession } from '../../../platform/session.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog, DialogActions } from '../../../ui/dialog.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { SearchInput } from '../../../ui/field.tsx';
import { SkeletonRows } from '../../../ui/skeleton.tsx';
import { MediaImage } from '../../../ui/media-image.tsx';

const shownMax = 60;

/** Images that were added before. */
export function LibraryDialog({ onChoose, onClose }: { readonly onChoose: (media: Media) => void; readonly onClose: () => void }): ReactElement {
  const { workspace } = useSession();
  const [search, setSearch] = useState('');
  const query = useCall(listMedia, { params: { workspaceId: workspace.workspaceId }, query: { limit: shownMax, search: search.trim() === '' ? undefined : search.trim() } }, { keepsPrevious: true });
  const choose = (media: Media): void => {
    onChoose(media);
    onClose();
  };
  return (
    <Dialog title="Add from the library" description="Images that were added before, newest first." size="wide" onClose={onClose}>
      <SearchInput aria-label="Search images by name or description" placeholder="Name or description" maxLength={100} value={search} onChange={(event) => setSearch(event.target.value)} />
      {query.data === undefined && query.error === null && <SkeletonRows rows={3} label="Loading the library" />}
      {query.data === undefined && query.error !== null && <ErrorState what="The library" error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.media.length === 0 && <Empty>{search.trim() === '' ? 'No images yet. Those you add to posts are kept here.' : 'No image has these words in its name or description.'}</Empty>}
      {query.data !== undefined && query.data.media.length > 0 && (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(7rem,1fr))] gap-2">
          {query.data.media.map((media) => (
            <li key={media.id}>
              <button type="button" onClick={() => choose(media)} aria-label={`Add ${media.name}`} className="flex w-full flex-col gap-1 rounded-small p-1 text-left hover:bg-hover focus-visible:-outline-offset-2">
                <MediaImage mediaId={media.id} altText={media.altText} placeholder={media.placeholder} className="aspect-square w-full" />
                <span className="truncate text-caption text-muted">{media.name}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <DialogActions><Button onClick={onClose}>Cancel</Button></DialogActions>
    </Dialog>
  );
}
