import { getMedia } from '@rookery/contract/media.ts';
import type { Shape } from '@rookery/contract/image-shape.ts';
import { useQueries } from '@tanstack/react-query';

import { queryOf } from '../../../platform/query.ts';
import { useSession } from '../../../platform/session.ts';
import type { Destination } from './destinations.ts';
import type { Draft } from './draft.ts';

/** The sizes of the images of a draft, as far as they are known; asked for only where a chosen network minds the shape. */
export function useShapes(draft: Draft, chosen: readonly Destination[]): ReadonlyMap<string, Shape> {
  const { workspace } = useSession();
  const isMinded = chosen.some(({ publishing }) => publishing !== null && (publishing.images.ratioMin !== null || publishing.images.ratioMax !== null));
  const contents = isMinded ? [draft.content, ...draft.targets.flatMap(({ content }) => content ?? [])] : [];
  const ids = [...new Set(contents.flatMap(({ parts }) => parts).flatMap(({ media }) => media.map(({ mediaId }) => mediaId)))];
  return useQueries({
    queries: ids.map((mediaId) => ({ ...queryOf(getMedia, { params: { workspaceId: workspace.workspaceId, mediaId } }), staleTime: Infinity })),
    combine: (answers) => new Map(answers.flatMap(({ data }) => (data === undefined ? [] : [[data.media.id, data.media] as const]))),
  });
}
