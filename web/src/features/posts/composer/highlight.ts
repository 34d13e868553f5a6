import { findLinks } from '@rookery/contract/text/links.ts';

/** A stretch of text with one look. */
export interface Segment {
  readonly text: string;
  readonly kind: 'plain' | 'link' | 'tag';
  /** Beyond what a network takes. */
  readonly isOver: boolean;
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly kind: 'link' | 'tag';
}

const tagPattern = /(?<![\p{L}\p{M}\p{N}_&/@#.])[#@＃＠][\p{L}\p{M}\p{N}_][\p{L}\p{M}\p{N}_.@-]*/gu;

function findSpans(text: string, needsScheme: boolean): Span[] {
  const links = findLinks(text, { needsScheme }).map(({ start, length }): Span => ({ start, end: start + length, kind: 'link' }));
  const tags = [...text.matchAll(tagPattern)].map(({ 0: tag, index }): Span => ({ start: index, end: index + tag.replace(/[.@-]+$/, '').length, kind: 'tag' }));
  const free = tags.filter((tag) => !links.some((link) => tag.start < link.end && link.start < tag.end));
  return [...links, ...free].sort((a, b) => a.start - b.start);
}

export interface HighlightOptions {
  /** Where it begins to be too long; null when it fits. */
  readonly overrunIndex: number | null;
  /** Only http:// and https:// make a link; else a domain alone does too. */
  readonly needsScheme: boolean;
}

/** A text in stretches: links, hashtags and mentions, and what is too much. Put together they are the text again. */
export function highlight(text: string, { overrunIndex, needsScheme }: HighlightOptions): Segment[] {
  const limit = overrunIndex ?? text.length;
  const spans = findSpans(text, needsScheme);
  const cuts = [...new Set([0, text.length, limit, ...spans.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((start, index): Segment => {
    const end = cuts[index + 1] ?? text.length;
    const span = spans.find((candidate) => candidate.start <= start && end <= candidate.end);
    return { text: text.slice(start, end), kind: span?.kind ?? 'plain', isOver: start >= limit };
  }).filter((segment) => segment.text !== '');
}
