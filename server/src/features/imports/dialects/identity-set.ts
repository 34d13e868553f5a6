import { createHash, hash } from 'node:crypto';

const wordsPerSlot = 4;
const slotsAtStart = 1024;
const loadMax = 0.6;

/**
 * A set of identities that keeps 16 bytes of SHA-256 of each, outside the JavaScript heap: a million cost 32 MB, and a chance
 * clash of two, which would hide a follower, is about one in 10^26.
 */
export class IdentitySet {
  #slots = new Uint32Array(slotsAtStart * wordsPerSlot);
  #size = 0;
  readonly #words = new Uint32Array(wordsPerSlot);

  get size(): number {
    return this.#size;
  }

  /** True when it was not there before. */
  add(identity: string): boolean {
    const key = hash('sha256', identity, 'buffer');
    const words = this.#words;
    // All zero means "free"; the lowest bit set costs one bit of 128.
    words[0] = key.readUInt32LE(0) | 1;
    for (let word = 1; word < wordsPerSlot; word += 1) words[word] = key.readUInt32LE(word * 4);
    const isNew = place(this.#slots, words, 0);
    if (isNew) this.#size += 1;
    if (this.#size * wordsPerSlot > this.#slots.length * loadMax) this.#grow();
    return isNew;
  }

  /** Equal for equal sets in whatever order they came; `scope` keeps equal lists of two networks apart. */
  digest(scope: string): string {
    const keys = new BigUint64Array(this.#size);
    let next = 0;
    for (let at = 0; at < this.#slots.length; at += wordsPerSlot) {
      if (this.#slots[at] === 0) continue;
      keys[next] = (BigInt(this.#slots[at] ?? 0) << 32n) | BigInt(this.#slots[at + 1] ?? 0);
      next += 1;
    }
    keys.sort();
    return createHash('sha256').update(`followers-1 ${scope} ${this.#size}\n`).update(new Uint8Array(keys.buffer)).digest('hex');
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += wordsPerSlot) {
      if (old[at] !== 0) place(this.#slots, old, at);
    }
  }
}

/** Open addressing; there is always a free slot, because the table grows at `loadMax`. The key is the four words at `from`. */
function place(slots: Uint32Array, words: Uint32Array, from: number): boolean {
  const mask = slots.length / wordsPerSlot - 1;
  let at = ((words[from + 1] ?? 0) & mask) * wordsPerSlot;
  while (slots[at] !== 0) {
    if (isSame(slots, at, words, from)) return false;
    at = (at + wordsPerSlot) % slots.length;
  }
  for (let word = 0; word < wordsPerSlot; word += 1) slots[at + word] = words[from + word] ?? 0;
  return true;
}

function isSame(slots: Uint32Array, at: number, words: Uint32Array, from: number): boolean {
  for (let word = 0; word < wordsPerSlot; word += 1) if (slots[at + word] !== words[from + word]) return false;
  return true;
}
