/** An amount in millionths of a US dollar: $4.97; with a third place where a cent is not exact. */
export function formatPrice(micros: number): string {
  return `$${(micros / 1_000_000).toFixed(micros % 10_000 === 0 ? 2 : 3)}`;
}
