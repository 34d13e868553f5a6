import type { Range } from '@rookery/contract/audience.ts';

/** The ranges as their control writes them. */
export const rangeOptions: readonly { readonly value: Range; readonly label: string }[] = [
  { value: '7d', label: '7d' }, { value: '30d', label: '30d' }, { value: '90d', label: '90d' }, { value: '12m', label: '12m' },
];

/** A range inside a sentence: "in 30 days", "the previous 30 days". */
export const rangeWords: Readonly<Record<Range, string>> = { '7d': '7 days', '30d': '30 days', '90d': '90 days', '12m': '12 months' };
