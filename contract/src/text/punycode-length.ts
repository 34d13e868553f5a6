// RFC 3492, section 5.
const base = 36;
const thresholdMin = 1;
const thresholdMax = 26;
const skew = 38;
const damping = 700;
const initialBias = 72;
const initialCode = 128;

/** How long a label of a domain is in its ASCII form (`xn--…`). What is surely longer than `max` may be answered as `max + 1`. */
export function punycodeLength(label: string, max: number): number {
  // These dots of other scripts part labels as well.
  const parts = label.split(/[\u3002\uFF0E\uFF61]/);
  return parts.reduce((sum, part) => sum + partLength(part, max), parts.length - 1);
}

function partLength(part: string, max: number): number {
  if (/^[\x20-\x7e]*$/.test(part)) return part.length;
  const codes = [...part].map((character) => character.codePointAt(0) ?? 0);
  // Every character takes at least one letter: no need to work out what is too long anyway.
  if (codes.length > max) return max + 1;
  return 'xn--'.length + encodedLength(codes);
}

function encodedLength(codes: readonly number[]): number {
  const basicCount = codes.filter((code) => code < initialCode).length;
  const others = [...new Set(codes.filter((code) => code >= initialCode))].sort((a, b) => a - b);
  let length = basicCount > 0 ? basicCount + 1 : 0;
  let handled = basicCount;
  let bias = initialBias;
  let delta = 0;
  let previous = initialCode;
  for (const next of others) {
    delta += (next - previous) * (handled + 1);
    for (const code of codes) {
      if (code < next) delta += 1;
      if (code !== next) continue;
      length += digitsOf(delta, bias);
      bias = adapt(delta, handled + 1, handled === basicCount);
      delta = 0;
      handled += 1;
    }
    delta += 1;
    previous = next + 1;
  }
  return length;
}

function digitsOf(delta: number, bias: number): number {
  let count = 1;
  let rest = delta;
  for (let k = base; ; k += base) {
    const threshold = Math.min(Math.max(k - bias, thresholdMin), thresholdMax);
    if (rest < threshold) return count;
    rest = Math.floor((rest - threshold) / (base - threshold));
    count += 1;
  }
}

function adapt(delta: number, count: number, isFirst: boolean): number {
  let rest = isFirst ? Math.floor(delta / damping) : delta >> 1;
  rest += Math.floor(rest / count);
  let k = 0;
  for (; rest > ((base - thresholdMin) * thresholdMax) >> 1; k += base) rest = Math.floor(rest / (base - thresholdMin));
  return k + Math.floor(((base - thresholdMin + 1) * rest) / (rest + skew));
}
