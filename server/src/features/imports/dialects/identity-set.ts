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

  get size(): number {
    return this.#size;
  }

  /** True when it was not there before. */
  add(identity: string): boolean {
    const key = hash('sha256', identity, 'buffer');
    // All zero means "free"; the lowest bit set costs one bit of 128.
    const words = [key.readUInt32LE(0) | 1, key.readUInt32LE(4), key.readUInt32LE(8), key.readUInt32LE(12)].map((word) => word >>> 0);
    const isNew = place(this.#slots, words);
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
      if (old[at] !== 0) place(this.#slots, old.subarray(at, at + wordsPerSlot));
    }
  }
}

/** Open addressing; there is always a free slot, because the table grows at `loadMax`. */
function place(slots: Uint32Array, words: ArrayLike<number>): boolean {
  const mask = slots.length / wordsPerSlot - 1;
  let slot = (words[1] ?? 0) & mask;
  for (;;) {
    const at = slot * wordsPerSlot;
    if (slots[at] === 0) {
      slots.set(words, at);
      return true;
    }
    if (slots[at] === words[0] && slots[at + 1] === words[1] && slots[at + 2] === words[2] && slots[at + 3] === words[3]) return false;
    slot = (slot + 1) & mask;
  }
}
