import type { ChangeKind } from '@rookery/contract/audience.ts';
import { clsx } from 'clsx';
import { Ban, EyeOff, UserMinus, UserPlus, UserRoundCheck, type LucideIcon } from 'lucide-react';
import type { ReactElement } from 'react';

import { kindMeanings, kindWords } from './words.ts';

const looks: Readonly<Record<ChangeKind, { readonly icon: LucideIcon; readonly tone: string }>> = {
  gained: { icon: UserPlus, tone: 'text-gain' },
  returned: { icon: UserRoundCheck, tone: 'text-gain' },
  lost: { icon: UserMinus, tone: 'text-loss' },
  suspended: { icon: Ban, tone: 'text-muted' },
  deactivated: { icon: EyeOff, tone: 'text-muted' },
};

/** What happened, as word and shape. */
export function KindMark({ kind }: { readonly kind: ChangeKind }): ReactElement {
  const { icon: Icon, tone } = looks[kind];
  return (
    <span title={kindMeanings[kind]} className={clsx('inline-flex items-center gap-1.5 font-medium whitespace-nowrap', tone)}>
      <Icon size={14} aria-hidden="true" className="shrink-0" />
      {kindWords[kind]}
    </span>
  );
}
