/**
 * What `JSON.parse` lets through and we refuse, found in one pass before it runs: documents that are deep or wide enough to
 * hurt later code, values that change on the way (duplicate keys, numbers past 1.8e308), and text that PostgreSQL can not
 * store. Syntax is left to `JSON.parse`.
 */
export const jsonLimits = { depthMax: 32, elementsMax: 5000, keysMax: 1000 } as const;

export interface ScanResult {
  /** Why the document is refused, as a sentence; null when it is not. */
  readonly refusal: string | null;
  /** Some string holds an escaped control character other than tab and line feed. */
  readonly hasControl: boolean;
}

interface Container {
  readonly isObject: boolean;
  readonly keys: Set<string>;
  lastKey: string;
  elements: number;
  expectsKey: boolean;
}

interface Scan {
  readonly text: string;
  readonly stack: Container[];
  at: number;
  hasControl: boolean;
}

class Refusal extends Error {}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;

/** Scans a decoded JSON text. Time is linear in its length. */
export function scanJson(text: string): ScanResult {
  const scan: Scan = { text, stack: [], at: 0, hasControl: false };
  try {
    while (scan.at < text.length) step(scan);
    return { refusal: null, hasControl: scan.hasControl };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error.message, hasControl: false };
    throw error;
  }
}

function step(scan: Scan): void {
  const code = scan.text.charCodeAt(scan.at);
  if (code === quote) return scanString(scan);
  if (code === 0x2d || (code >= 0x30 && code <= 0x39)) return scanNumber(scan);
  if (code === 0x7b || code === 0x5b) open(scan, code === 0x7b);
  else if (code === 0x7d || code === 0x5d) scan.stack.pop();
  else if (code === comma) next(scan);
  else if (code === 0) throw new Refusal('The body holds a NUL character.');
  scan.at += 1;
}

function open(scan: Scan, isObject: boolean): void {
  if (scan.stack.length >= jsonLimits.depthMax) throw new Refusal(`The body is nested deeper than ${jsonLimits.depthMax} levels.`);
  scan.stack.push({ isObject, keys: new Set(), lastKey: '', elements: 1, expectsKey: isObject });
}

function next(scan: Scan): void {
  const container = scan.stack.at(-1);
  if (container === undefined) return;
  container.expectsKey = container.isObject;
  container.elements += 1;
  if (!container.isObject && container.elements > jsonLimits.elementsMax) {
    throw new Refusal(`A list in the body has more than ${jsonLimits.elementsMax} elements.`);
  }
}

function scanString(scan: Scan): void {
  const { text } = scan;
  const start = scan.at;
  let at = start + 1;
  let hasEscape = false;
  for (let code = text.charCodeAt(at); at < text.length && code !== quote; code = text.charCodeAt(at)) {
    if (code === backslash) {
      hasEscape = true;
      at = scanEscape(scan, at);
    } else {
      if (code >= 0x7f && code <= 0x9f) scan.hasControl = true;
      at += 1;
    }
  }
  scan.at = at + 1;
  const container = scan.stack.at(-1);
  if (container?.expectsKey === true) enterKey(scan.stack, container, keyText(text.slice(start, scan.at), hasEscape));
}

/** Answers the index after the escape at `at`. */
function scanEscape(scan: Scan, at: number): number {
  const kind = scan.text[at + 1];
  if (kind === 'b' || kind === 'f' || kind === 'r') scan.hasControl = true;
  if (kind !== 'u') return at + 2;
  const unit = readUnit(scan.text, at);
  if (unit === 0) throw new Refusal('The body holds a NUL character.');
  if ((unit < 0x20 && unit !== 0x09 && unit !== 0x0a) || (unit >= 0x7f && unit <= 0x9f)) scan.hasControl = true;
  if (unit >= 0xdc00 && unit <= 0xdfff) throw new Refusal('The body holds half of a surrogate pair.');
  if (unit < 0xd800 || unit > 0xdbff) return at + 6;
  const low = readUnit(scan.text, at + 6);
  if (low < 0xdc00 || low > 0xdfff) throw new Refusal('The body holds half of a surrogate pair.');
  return at + 12;
}

/** The code unit of a `\uXXXX` at `at`; -1 when there is none. */
function readUnit(text: string, at: number): number {
  const escape = text.slice(at, at + 6);
  return /^\\u[0-9a-fA-F]{4}$/.test(escape) ? Number.parseInt(escape.slice(2), 16) : -1;
}

function keyText(raw: string, hasEscape: boolean): string {
  if (!hasEscape) return raw.slice(1, -1);
  try {
    return String(JSON.parse(raw));
  } catch {
    return raw;
  }
}

function enterKey(stack: readonly Container[], container: Container, key: string): void {
  if (key === '__proto__' || (key === 'prototype' && stack.at(-2)?.lastKey === 'constructor')) {
    throw new Refusal(`The body holds the member "${key}", which is not accepted.`);
  }
  if (container.keys.has(key)) throw new Refusal('The body names a member twice.');
  if (container.keys.size >= jsonLimits.keysMax) throw new Refusal(`An object in the body has more than ${jsonLimits.keysMax} members.`);
  container.keys.add(key);
  container.lastKey = key;
  container.expectsKey = false;
}

function scanNumber(scan: Scan): void {
  const { text } = scan;
  const start = scan.at;
  while (isNumberPart(text.charCodeAt(scan.at))) scan.at += 1;
  if (Math.abs(Number(text.slice(start, scan.at))) === Infinity) throw new Refusal('The body holds a number that is too large.');
}

function isNumberPart(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2e || code === 0x2b || code === 0x65 || code === 0x45;
}
