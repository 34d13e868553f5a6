import { countryEndings, genericEndings } from './link-endings.ts';
import { punycodeLength } from './punycode-length.ts';

// Finds what X's counter takes for a link: the rules of twitter-text 3.1.0 (Apache-2.0; see NOTICE), read off its regular expressions, in
// time that grows with the length of the text and not with its square. A test compares the two over thousands of texts.

/** A link in a text, in UTF-16 code units. */
export interface Link {
  readonly start: number;
  readonly length: number;
}

interface Label {
  readonly start: number;
  /** Where the dot after it stands. */
  readonly end: number;
  /** Length of the domain ending after the dot; 0 where there is none. */
  readonly ending: number;
  /** Whether it may stand in a domain as a whole. */
  readonly isWhole: boolean;
  /** Index of its last underscore: a domain name itself has none, what stands before it may. */
  readonly lastUnderscore: number;
  /** Index in the list of the label before the ending of the longest domain that begins here; -1 for none. */
  best: number;
}

const urlLengthMax = 4096;
const shortenedSlugLengthMax = 40;
const labelLengthMax = 63;
const defaultScheme = 'https://';

const latin = String.raw`\xC0-\xD6\xD8-\xF6\xF8-\xFF\u0100-\u024F\u0253\u0254\u0256\u0257\u0259\u025B\u0263\u0268\u026F\u0272\u0289\u028B\u02BB\u0300-\u036F\u1E00-\u1EFF`;
const cyrillic = String.raw`\u0400-\u04FF`;
const directional = String.raw`\u202A-\u202E\u061C\u200E\u200F\u2066-\u2069`;
const space = String.raw`\x09-\x0D\x20\x85\xA0\u1680\u180E\u2000-\u200A\u2028\u2029\u202F\u205F\u3000`;
const invalid = String.raw`\uFFFE\uFEFF\uFFFF`;
const punctuation = String.raw`!'#%&()*+,\\\-./:;<=>?@[\]^_{|}~$`;

const labelCharacter = new RegExp(`[^${punctuation}${space}${invalid}${directional}]`);
const runPattern = new RegExp(`(?:${labelCharacter.source}|[-_.])+`, 'g');
const beforePattern = new RegExp(`[^A-Za-z0-9@＠$#＃${invalid}]|[${directional}]`);
const latinCharacter = new RegExp(`[-a-z0-9${latin}]`, 'i');
const alternatives = (words: string): string => words.split(/\s+/).join('|');
const endingPattern = new RegExp(`(?:${alternatives(genericEndings)}|${alternatives(countryEndings)})(?=[^0-9a-zA-Z@+-]|$)|xn--[-0-9a-z]+`, 'iy');

const pathCharacter = `[a-z${cyrillic}0-9!*';:=+,.$/%#[\\]\\-\\u2013_~@|&${latin}]`;
const parentheses = `\\((?:${pathCharacter}+|(?:${pathCharacter}*\\(${pathCharacter}+\\)${pathCharacter}*))\\)`;
const pathEnd = `(?:[-+a-z${cyrillic}0-9=_#/${latin}]|(?:${parentheses}))`;
const path = `\\/(?:(?:${pathCharacter}*(?:${parentheses}${pathCharacter}*)*${pathEnd})|(?:@${pathCharacter}+/))*`;
const query = String.raw`\?[a-z0-9!?*'@();:&=+$/%#[\]\-_.,~|]*[a-z0-9\-_&=#/]`;
const tailPattern = new RegExp(`(?::[0-9]+)?(${path})?(?:${query})?`, 'iy');
const schemePattern = /https?:\/\//iy;
const shortenedPattern = new RegExp(String.raw`^https?:\/\/t\.co\/([a-z0-9]+)(?:${query})?`, 'i');

/** The links of a text from left to right. With `needsScheme`, only those that begin with http:// or https://. */
export function findLinks(text: string, options: { needsScheme: boolean }): Link[] {
  if (!text.includes(options.needsScheme ? ':' : '.')) return [];
  const labels = findLabels(text);
  if (labels.length === 0) return [];
  const links: Link[] = [];
  for (let at = 0; at < text.length; ) {
    const found = matchAfter(text, at, labels);
    if (found === null) {
      at += 1;
      continue;
    }
    links.push(...acceptLinks(text, found, options.needsScheme));
    at = found.end;
  }
  return links;
}

interface Match {
  readonly start: number;
  /** Index of the domain: after the scheme. */
  readonly domainStart: number;
  readonly domainEnd: number;
  readonly hasPath: boolean;
  readonly end: number;
}

/** A link right after the character at this place; at the beginning of the text, also one that begins there. */
function matchAfter(text: string, at: number, labels: readonly Label[]): Match | null {
  const after = beforePattern.test(text.charAt(at)) ? matchLink(text, at + 1, labels) : null;
  return after ?? (at === 0 ? matchLink(text, 0, labels) : null);
}

function matchLink(text: string, start: number, labels: readonly Label[]): Match | null {
  const first = text.charCodeAt(start) | 0x20;
  let domainStart = start;
  if (first === 0x68) {
    schemePattern.lastIndex = start;
    if (schemePattern.test(text)) domainStart = schemePattern.lastIndex;
  }
  const domainEnd = findDomainEnd(text, domainStart, labels);
  if (domainEnd === null) return null;
  tailPattern.lastIndex = domainEnd;
  const tail = tailPattern.exec(text);
  return { start, domainStart, domainEnd, hasPath: tail?.[1] !== undefined, end: domainEnd + (tail?.[0].length ?? 0) };
}

/** All labels that a dot follows. */
function findLabels(text: string): Label[] {
  const labels: Label[] = [];
  for (const run of text.matchAll(runPattern)) {
    let start = run.index;
    const runEnd = run.index + run[0].length;
    for (let dot = text.indexOf('.', start); dot !== -1 && dot < runEnd; dot = text.indexOf('.', start)) {
      labels.push(readLabel(text, start, dot));
      start = dot + 1;
    }
  }
  for (let index = labels.length - 1; index >= 0; index -= 1) {
    const label = labels[index];
    if (label !== undefined) label.best = findBest(labels, index, label.start);
  }
  return labels;
}

function readLabel(text: string, start: number, end: number): Label {
  const isWhole = end > start && labelCharacter.test(text.charAt(start)) && labelCharacter.test(text.charAt(end - 1));
  const underscore = text.slice(start, end).lastIndexOf('_');
  return { start, end, ending: endingLength(text, end + 1), isWhole, lastUnderscore: underscore === -1 ? -1 : start + underscore, best: -1 };
}

function endingLength(text: string, at: number): number {
  endingPattern.lastIndex = at;
  return endingPattern.exec(text)?.[0].length ?? 0;
}

/** The longest domain that begins at `start` within the label: as many labels as can be, the last of them without underscore. */
function findBest(labels: readonly Label[], index: number, start: number): number {
  const label = labels[index];
  if (label === undefined) return -1;
  const next = labels[index + 1];
  if (next !== undefined && next.start === label.end + 1 && next.isWhole && next.best !== -1) return next.best;
  return label.ending > 0 && label.lastUnderscore < start ? index : -1;
}

/** Where the domain ends that begins at `start`; null when none does. */
function findDomainEnd(text: string, start: number, labels: readonly Label[]): number | null {
  const index = findLabelAt(labels, start);
  const label = labels[index];
  if (label === undefined || !labelCharacter.test(text.charAt(start)) || !labelCharacter.test(text.charAt(label.end - 1))) return null;
  const last = labels[findBest(labels, index, start)];
  return last === undefined ? null : last.end + 1 + last.ending;
}

function findLabelAt(labels: readonly Label[], at: number): number {
  let low = 0;
  let high = labels.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((labels[middle]?.end ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return (labels[low]?.start ?? Infinity) <= at ? low : -1;
}

/** What of a match is a link. Without a scheme only its parts in Latin script are, so that words before a link do not join it. */
function acceptLinks(text: string, match: Match, needsScheme: boolean): Link[] {
  const { start, domainStart, domainEnd, end } = match;
  const hasScheme = domainStart > start;
  const domain = text.slice(domainStart, domainEnd);
  const schemeLength = hasScheme ? domainStart - start : defaultScheme.length;
  if (!isDomain(domain) || schemeLength + end - start > urlLengthMax) return [];
  if (hasScheme) return acceptWithScheme(text, match);
  if (needsScheme || /[-_./]$/.test(text.slice(Math.max(0, start - 1), start))) return [];
  const links = findLatinDomains(domain).map((link) => ({ start: start + link.start, length: link.length }));
  const last = links.pop();
  if (last === undefined) return [];
  return [...links, match.hasPath ? { start: last.start, length: last.length + (end - domainEnd) } : last];
}

function acceptWithScheme(text: string, { start, end }: Match): Link[] {
  const shortened = shortenedPattern.exec(text.slice(start, end));
  if (shortened === null) return [{ start, length: end - start }];
  return (shortened[1] ?? '').length > shortenedSlugLengthMax ? [] : [{ start, length: shortened[0].length }];
}

function isDomain(domain: string): boolean {
  if (domain.startsWith('xn--') && findLatinDomains(domain).length === 0) return false;
  return domain.split('.').every((label) => {
    const length = punycodeLength(label, labelLengthMax);
    return length >= 1 && length <= labelLengthMax;
  });
}

/** The domains within a domain that are in Latin script alone. */
function findLatinDomains(domain: string): Link[] {
  const labels = findLatinLabels(domain);
  const links: Link[] = [];
  let from = 0;
  let linkedTo = 0;
  for (const [index, label] of labels.entries()) {
    const start = Math.max(label.start, from);
    const last = start < label.end ? labels[findBest(labels, index, start)] : undefined;
    if (last === undefined) continue;
    from = last.end + 1 + last.ending;
    // The counter looks its find up again from the left, and so may come upon the same letters where they are no domain of their own.
    const found = domain.indexOf(domain.slice(start, from), linkedTo);
    linkedTo = found + from - start;
    links.push({ start: found, length: from - start });
  }
  return links;
}

/** Each label before a dot, from its last character that is not in Latin script. */
function findLatinLabels(domain: string): Label[] {
  const labels: Label[] = [];
  let labelStart = 0;
  for (let end = domain.indexOf('.'); end !== -1; end = domain.indexOf('.', labelStart)) {
    let start = end;
    while (start > labelStart && latinCharacter.test(domain.charAt(start - 1))) start -= 1;
    labels.push({ start, end, ending: endingLength(domain, end + 1), isWhole: start === labelStart && start < end, lastUnderscore: -1, best: -1 });
    labelStart = end + 1;
  }
  for (let index = labels.length - 1; index >= 0; index -= 1) {
    const label = labels[index];
    if (label !== undefined) label.best = findBest(labels, index, label.start);
  }
  return labels;
}
