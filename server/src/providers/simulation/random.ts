/** A stream of numbers that is the same for the same seed parts. Not for secrets. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  int(below: number): number;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  isChance(probability: number): boolean;
  /** How often something with this mean happens. */
  poisson(mean: number): number;
}

/** 32 bits that depend on every part (the finaliser of MurmurHash3, applied per part). */
export function hashParts(...parts: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const part of parts) {
    hash ^= Math.imul(part | 0, 0x85ebca6b) ^ Math.imul(Math.trunc(part / 2 ** 32) | 0, 0xc2b2ae35);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}

/** A stream of its own for each combination of parts, so that one draw more here moves nothing there. */
export function createRandom(...parts: readonly number[]): Random {
  // sfc32: small, fast, passes PractRand.
  let a = hashParts(...parts, 1) | 0;
  let b = hashParts(...parts, 2) | 0;
  let c = hashParts(...parts, 3) | 0;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 8; round += 1) next();
  const int = (below: number): number => Math.floor(next() * below);
  return {
    next,
    int,
    pick: (items) => items[int(items.length)] ?? items[0],
    isChance: (probability) => next() < probability,
    poisson: (mean) => (mean > 30 ? drawLarge(mean, next) : drawSmall(mean, next)),
  };
}

function drawSmall(mean: number, next: () => number): number {
  const limit = Math.exp(-Math.max(mean, 0));
  let count = 0;
  for (let product = next(); product > limit; product *= next()) count += 1;
  return count;
}

/** Past 30 the normal curve is close enough. */
function drawLarge(mean: number, next: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
}
