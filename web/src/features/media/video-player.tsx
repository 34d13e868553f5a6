import { getMediaFile, getMediaPreview, type Media } from '@rookery/contract/media.ts';
import { useState, type ReactElement } from 'react';

import { urlOf } from '../../platform/call.ts';
import { useSession } from '../../platform/session.ts';
import { Callout } from '../../ui/callout.tsx';

/** A video of the library. Only its head is read until somebody plays it. */
export function VideoPlayer({ media }: { readonly media: Media }): ReactElement {
  const { workspace } = useSession();
  const [isStuck, setIsStuck] = useState(false);
  const params = { workspaceId: workspace.workspaceId, mediaId: media.id };
  const source = urlOf(getMediaFile, { params });
  return (
    <div className="flex flex-col gap-2">
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption -- what is said in it is not known here; the description stands below */}
      <video
        controls
        preload="metadata"
        src={source}
        poster={urlOf(getMediaPreview, { params: { ...params, size: '640' } })}
        aria-label={media.altText === '' ? media.name : media.altText}
        onError={() => setIsStuck(true)}
        className="max-h-[45vh] w-full rounded-control bg-sunken"
      />
      {isStuck && !media.isMissing && (
        <Callout tone="warning">
          This browser can&apos;t play the video; networks may take it all the same. <a href={source} target="_blank" rel="noreferrer" className="underline">Open the file</a>
        </Callout>
      )}
    </div>
  );
}
