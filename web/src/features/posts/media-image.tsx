import { getMediaPreview, type previewSizes } from '@rookery/contract/media.ts';
import type { ReactElement } from 'react';

import { urlOf } from '../../platform/call.ts';
import { useSession } from '../../platform/session.ts';

export interface MediaImageProps {
  readonly mediaId: string;
  readonly altText: string;
  readonly size?: (typeof previewSizes)[number];
  readonly className?: string;
}

/** An image of the library in small. Its description is that of the post. */
export function MediaImage({ mediaId, altText, size = '320', className }: MediaImageProps): ReactElement {
  const { workspace } = useSession();
  const source = urlOf(getMediaPreview, { params: { workspaceId: workspace.workspaceId, mediaId, size } });
  return <img src={source} alt={altText} loading="lazy" decoding="async" className={`rounded-small bg-sunken object-cover ${className ?? ''}`} />;
}
