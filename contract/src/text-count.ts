import type { TextRule } from './publishing.ts';
import { emojiPattern } from './text/emoji-sequences.ts';
import { findLinks, type Link } from './text/links.ts';

export const textProblemCodes = ['too-long', 'too-many-bytes', 'too-many-hashtags', 'too-many-mentions', 'invalid-character'] as const;

/** Why a text does not fit a rule: `over` is how many units, bytes, hashtags or mentions are too many. */
export interface TextProblem {
  readonly code: (typeof textProblemCodes)[number];
  readonly max: number;
  readonly over: number;
}

/** A text measured by the rule of a network. */
export interface TextCount {
  /** In the rule's unit. */
  readonly length: number;
  readonly lengthMax: number;
  /** UTF-8. */
  readonly bytes: number;
  readonly bytesMax: number | null;
  /** Units beyond `lengthMax`; 0 when the length fits. */
  readonly over: number;
  /** UTF-16 index from which the text is beyond `lengthMax` or `bytesMax`; null when it fits. */
  readonly overrunIndex: number | null;
  readonly hashtags: number;
  readonly mentions: number;
  readonly links: number;
  readonly problems: readonly TextProblem[];
}

/** A piece of a text that is counted as one. */
interface Piece {
  readonly start: number;
  readonly size: number;
}

/** Characters that X counts as one; every other counts as two (its published configuration, version 3). */
const lightRanges = [[0, 4351], [8192, 8205], [8208, 8223], [8242, 8247]] as const;
const heavySize = 2;
const invalidCharacters = /[\uFFFE\uFEFF\uFFFF]/g;
const hashtagPattern = /(?<![\p{L}\p{M}\p{N}_&/])[#＃](?!\uFE0F|\u20E3)[\p{L}\p{M}\p{N}_]+/gu;
const mentionPattern = /(?<![\p{L}\p{M}\p{N}_.+\-@/!#$%&*])[@＠][a-z0-9_]/giu;

/** Measures a text as the network does. Cheap enough for every key press. */
export function countText(text: string, rule: TextRule): TextCount {
  // X counts composed characters, whichever way they were typed.
  const counted = rule.unit === 'weighted' ? text.normalize('NFC') : text;
  const links = findLinks(counted, { needsScheme: rule.unit !== 'weighted' });
  const { length, overrunIndex: lengthIndex } = measure(splitPieces(counted, rule, links), rule.lengthMax);
  const { length: bytes, overrunIndex: bytesIndex } = measure(splitBytes(text), rule.bytesMax ?? Infinity);
  const lengthOverrun = counted === text || lengthIndex === null ? lengthIndex : uncomposedIndex(text, lengthIndex);
  const indices = [lengthOverrun, bytesIndex].filter((index) => index !== null);
  const count = {
    length, lengthMax: rule.lengthMax, bytes, bytesMax: rule.bytesMax, over: Math.max(0, length - rule.lengthMax),
    overrunIndex: indices.length === 0 ? null : Math.min(...indices),
    hashtags: countOutside(hashtagPattern, counted, links), mentions: countOutside(mentionPattern, counted, links), links: links.length,
  };
  return { ...count, problems: findProblems(count, rule, counted) };
}

function findProblems(count: Omit<TextCount, 'problems'>, rule: TextRule, counted: string): TextProblem[] {
  const excess = (code: TextProblem['code'], value: number, max: number | null): TextProblem[] =>
    max !== null && value > max ? [{ code, max, over: value - max }] : [];
  const invalidCount = rule.unit === 'weighted' ? [...counted.matchAll(invalidCharacters)].length : 0;
  return [
    ...excess('too-long', count.length, rule.lengthMax),
    ...excess('too-many-bytes', count.bytes, rule.bytesMax),
    ...excess('too-many-hashtags', count.hashtags, rule.hashtagsMax),
    ...excess('too-many-mentions', count.mentions, rule.mentionsMax),
    ...excess('invalid-character', invalidCount, 0),
  ];
}

function measure(pieces: Iterable<Piece>, lengthMax: number): { length: number; overrunIndex: number | null } {
  let length = 0;
  let overrunIndex: number | null = null;
  for (const { start, size } of pieces) {
    length += size;
    if (length > lengthMax) overrunIndex ??= start;
  }
  return { length, overrunIndex };
}

/** The pieces of a text from left to right; a link is one piece where the network shortens links. */
function* splitPieces(text: string, rule: TextRule, links: readonly Link[]): Generator<Piece> {
  const shortened = rule.linkLength === null ? [] : links;
  let from = 0;
  for (const { start, length } of shortened) {
    yield* splitWords(text, { from, to: start }, rule);
    yield { start, size: rule.linkLength ?? length };
    from = start + length;
  }
  yield* splitWords(text, { from, to: text.length }, rule);
}

function splitWords(text: string, span: { from: number; to: number }, { unit }: TextRule): Iterable<Piece> {
  switch (unit) {
    case 'weighted': return splitWeighted(text, span);
    case 'graphemes': return splitGraphemes(text.slice(span.from, span.to), span.from);
    case 'codepoints': return splitCodePoints(text, span, () => 1);
  }
}

function* splitWeighted(text: string, { from, to }: { from: number; to: number }): Generator<Piece> {
  let at = from;
  for (const emoji of text.slice(from, to).matchAll(emojiPattern)) {
    const start = from + emoji.index;
    yield* splitCodePoints(text, { from: at, to: start }, weigh);
    yield { start, size: heavySize };
    at = start + emoji[0].length;
  }
  yield* splitCodePoints(text, { from: at, to }, weigh);
}

function weigh(code: number): number {
  return lightRanges.some(([first, last]) => code >= first && code <= last) ? 1 : heavySize;
}

let segmenter: Intl.Segmenter | null = null;

function* splitGraphemes(text: string, offset: number): Generator<Piece> {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  for (const { index } of segmenter.segment(text)) yield { start: offset + index, size: 1 };
}

function* splitCodePoints(text: string, { from, to }: { from: number; to: number }, sizeOf: (code: number) => number): Generator<Piece> {
  for (let start = from; start < to; ) {
    const code = text.codePointAt(start) ?? 0;
    yield { start, size: sizeOf(code) };
    start += code > 0xffff ? 2 : 1;
  }
}

function splitBytes(text: string): Iterable<Piece> {
  return splitCodePoints(text, { from: 0, to: text.length }, (code) => (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4));
}

/** Where in a text the character stands that is at `index` in its composed form. Nothing composes across graphemes. */
function uncomposedIndex(text: string, index: number): number {
  let composedLength = 0;
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  for (const { segment, index: start } of segmenter.segment(text)) {
    composedLength += segment.normalize('NFC').length;
    if (composedLength > index) return start;
  }
  return text.length;
}

function countOutside(pattern: RegExp, text: string, links: readonly Link[]): number {
  let count = 0;
  let next = 0;
  for (const { index } of text.matchAll(pattern)) {
    while (next < links.length && endOf(links[next]) <= index) next += 1;
    if ((links[next]?.start ?? Infinity) > index) count += 1;
  }
  return count;
}

function endOf(link: Link | undefined): number {
  return link === undefined ? Infinity : link.start + link.length;
}
