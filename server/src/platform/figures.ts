const countFormat = new Intl.NumberFormat('en-GB');

/** A whole figure inside a sentence for people, grouped as the screens group theirs: 4,996. */
export function formatCount(value: number): string {
  return countFormat.format(value);
}
