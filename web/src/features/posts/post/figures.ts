import type { PostFigure, PostMetric } from '@rookery/contract/post-metrics.ts';

/** What each figure is called, for one and for many. */
export const figureWords: Readonly<Record<PostMetric, string>> = {
  views: 'Views', reach: 'People reached', likes: 'Likes', replies: 'Replies', comments: 'Comments', reposts: 'Reposts', quotes: 'Quotes',
  shares: 'Shares', saves: 'Saves', bookmarks: 'Bookmarks',
};

/** The figures that are there, and in words those that the network keeps to itself. */
export function splitFigures(figures: readonly PostFigure[]): { readonly shown: readonly PostFigure[]; readonly missing: string | null } {
  const missing = figures.filter(({ value }) => value === null).map(({ metric }) => figureWords[metric]);
  return {
    shown: figures.filter(({ value }) => value !== null),
    missing: missing.length === 0 ? null : missing.join(', '),
  };
}
