import { reshapeMedia, type Media, type Reshaping } from '@rookery/contract/media.ts';
import { ratioWords } from '@rookery/contract/image-shape.ts';
import { useState, type ReactElement } from 'react';

import { ApiError } from '../../../platform/api-error.ts';
import { call } from '../../../platform/call.ts';
import { useSession } from '../../../platform/session.ts';
import { Button } from '../../../ui/button.tsx';
import { showProblem } from '../../../ui/toast.tsx';
import type { Problem } from './destinations.ts';

export interface ReshapeButtonsProps {
  readonly wanted: NonNullable<Problem['reshape']>;
  readonly onReshaped: (media: Media) => void;
}

/** Two ways to give an image a shape that the network takes. Each makes a new image; the old one stays in the library. */
export function ReshapeButtons({ wanted, onReshaped }: ReshapeButtonsProps): ReactElement {
  const { workspace } = useSession();
  const [busy, setBusy] = useState<Reshaping | null>(null);
  const run = async (how: Reshaping): Promise<void> => {
    setBusy(how);
    try {
      const params = { workspaceId: workspace.workspaceId, mediaId: wanted.mediaId };
      onReshaped((await call(reshapeMedia, { params, body: { how, ratio: wanted.ratio } })).media);
    } catch (error) {
      showProblem(error instanceof ApiError ? error.message : 'The image could not be changed. Try again.');
    } finally {
      setBusy(null);
    }
  };
  return (
    <span className="flex flex-wrap gap-1.5 pt-1">
      <Button size="small" isBusy={busy === 'crop'} disabled={busy !== null} onClick={() => void run('crop')}>Crop to {ratioWords(wanted.ratio)}</Button>
      <Button size="small" isBusy={busy === 'fit'} disabled={busy !== null} onClick={() => void run('fit')}>Fit with a background</Button>
    </span>
  );
}
