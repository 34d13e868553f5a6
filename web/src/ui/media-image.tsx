import { getMediaPreview, type previewSizes } from '@rookery/contract/media.ts';
import type { ReactElement } from 'react';

import { urlOf } from '../platform/call.ts';
import { useSession } from '../platform/session.ts';

export interface MediaImageProps {
  readonly mediaId: string;
  readonly altText: string;
  readonly size?: (typeof previewSizes)[number];
  /** Shown until the preview is there. */
  readonly placeholder?: string;
  readonly className?: string;
}

/** An image of the library in small, with the description that the caller has for it. */
export function MediaImage({ mediaId, altText, size = '320', placeholder, className }: MediaImageProps): ReactElement {
  const { workspace } = useSession();
  const source = urlOf(getMediaPreview, { params: { workspaceId: workspace.workspaceId, mediaId, size } });
  const style = placeholder === undefined ? undefined : { backgroundImage: `url("${placeholder}")`, backgroundSize: 'cover', backgroundPosition: 'center' };
  return <img src={source} alt={altText} loading="lazy" decoding="async" style={style} className={`rounded-small bg-sunken object-cover ${className ?? ''}`} />;
}
