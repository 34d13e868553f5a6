import { getMedia } from '@rookery/contract/media.ts';
import type { CheckedMedium } from '@rookery/contract/check-videos.ts';
import { useQueries } from '@tanstack/react-query';

import { queryOf } from '../../../platform/query.ts';
import { useSession } from '../../../platform/session.ts';
import type { Destination } from './destinations.ts';
import type { Draft } from './draft.ts';

/** The images and videos of a draft, as far as they are known; asked for once a network is chosen that may mind what they are. */
export function useShapes(draft: Draft, chosen: readonly Destination[]): ReadonlyMap<string, CheckedMedium> {
  const { workspace } = useSession();
  const contents = chosen.length === 0 ? [] : [draft.content, ...draft.targets.flatMap(({ content }) => content ?? [])];
  const ids = [...new Set(contents.flatMap(({ parts }) => parts).flatMap(({ media }) => media.map(({ mediaId }) => mediaId)))];
  return useQueries({
    queries: ids.map((mediaId) => ({ ...queryOf(getMedia, { params: { workspaceId: workspace.workspaceId, mediaId } }), staleTime: Infinity })),
    combine: (answers) => new Map(answers.flatMap(({ data }) => (data === undefined ? [] : [[data.media.id, data.media] as const]))),
  });
}
