import type { ReactElement } from 'react';

import { StateMark } from '../../../ui/badge.tsx';
import type { PlacedPost } from './grid-layout.ts';

/** Says that among posts for which there was no room some failed or need a person: what needs eyes must not hide behind a number. */
export function HiddenTrouble({ entries }: { readonly entries: readonly PlacedPost[] }): ReactElement | null {
  const count = entries.filter(({ post }) => post.state === 'failed' || post.state === 'review').length;
  if (count === 0) return null;
  return <span className="ml-1 inline-flex items-center gap-0.5 text-danger"><StateMark shape="alert" />{count}<span className="sr-only"> of them failed or {count === 1 ? 'needs' : 'need'} you</span></span>;
}
