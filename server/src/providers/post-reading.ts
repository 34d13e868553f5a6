import type { PostMetric } from '@rookery/contract/post-metrics.ts';
import type { PostReading } from './provider.ts';

/** A reading of the figures of one post; null is what the network does not give. */
export function readingOf(values: readonly (readonly [PostMetric, number | null])[]): PostReading {
  return {
    state: 'found',
    figures: values.map(([metric, value]) => ({ metric, value, source: value === null ? 'unsupported' : 'measured' })),
  };
}
