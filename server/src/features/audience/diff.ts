/** What two lists differ in. `came` keeps the order of the newer list; `gone` is sorted. */
export interface ListDifference {
  readonly came: readonly bigint[];
  readonly gone: readonly bigint[];
  /** How many different people the newer list has. */
  readonly unique: number;
}

/** Compares two follower lists as sets. Duplicates within a list count once. */
export function diffLists(before: BigUint64Array, after: BigUint64Array): ListDifference {
  const sortedBefore = before.slice().sort();
  const sortedAfter = after.slice().sort();
  const cameSet = new Set<bigint>();
  const gone: bigint[] = [];
  let unique = 0;
  let left = 0;
  let right = 0;
  while (left < sortedBefore.length || right < sortedAfter.length) {
    const one = sortedBefore[left];
    const other = sortedAfter[right];
    if (other !== undefined && (one === undefined || other <= one)) unique += 1;
    if (one === undefined || (other !== undefined && other < one)) {
      if (other !== undefined) cameSet.add(other);
      right = skipEqual(sortedAfter, right);
    } else if (other === undefined || one < other) {
      gone.push(one);
      left = skipEqual(sortedBefore, left);
    } else {
      left = skipEqual(sortedBefore, left);
      right = skipEqual(sortedAfter, right);
    }
  }
  return { came: inOrder(after, cameSet), gone, unique };
}

function skipEqual(sorted: BigUint64Array, from: number): number {
  const value = sorted[from];
  let next = from + 1;
  while (next < sorted.length && sorted[next] === value) next += 1;
  return next;
}

function inOrder(list: BigUint64Array, wanted: Set<bigint>): bigint[] {
  const found: bigint[] = [];
  for (const key of list) {
    if (wanted.delete(key)) found.push(key);
  }
  return found;
}
