/** What Mastodon makes of a post's text: links, hashtags and mentions of people on this server. */
export interface TextMarks {
  readonly origin: string;
  /** Address of the profile that bears this name here; null for nobody. */
  findMention(name: string): { readonly url: string; readonly username: string } | null;
}

interface Entity {
  readonly start: number;
  readonly end: number;
  readonly html: string;
}

/** Characters that a link takes of the limit, whatever its length. */
export const reservedPerUrl = 23;

// Mastodon links what begins with a protocol and has a real top-level domain (config/initializers/twitter_regex.rb); these are none.
const unreal = /\.(example|test|invalid|localhost|local)$/i;
const urlPattern = /(?<![\w@/.-])https?:\/\/((?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+\p{L}{2,})(?::\d+)?(?:[/?#][^\s<>"]*)?/giu;
const hashtagPattern = /(?<![\p{L}\p{N}_/&)#])#([\p{L}\p{N}_]*[\p{L}_][\p{L}\p{N}_]*)/gu;
const mentionPattern = /(?<![\w/=])@([a-z0-9_]+(?:@[a-z0-9.-]+[a-z0-9])?)/giu;

interface Span {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function findUrls(text: string): readonly Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(urlPattern)) {
    const [whole, host = ''] = match;
    if (unreal.test(host)) continue;
    // Punctuation after a link, and a bracket that was opened before it, belong to the sentence.
    let url = whole.replace(/[.,;:!?'"…]+$/u, '');
    if (url.endsWith(')') && !url.includes('(')) url = url.slice(0, -1).replace(/[.,;:!?'"…]+$/u, '');
    spans.push({ start: match.index, end: match.index + url.length, text: url });
  }
  return spans;
}

/** The length that the limit is compared with: graphemes, with each link as 23 and each mention without its server. */
export function countLength(text: string): number {
  let plain = '';
  let done = 0;
  for (const url of findUrls(text)) {
    plain += text.slice(done, url.start) + 'x'.repeat(reservedPerUrl);
    done = url.end;
  }
  plain += text.slice(done);
  const counted = plain.replaceAll(mentionPattern, (_, name: string) => `@${name.split('@')[0] ?? ''}`);
  return [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(counted)].length;
}

export function hashtagsOf(text: string): readonly string[] {
  return [...new Set([...text.matchAll(hashtagPattern)].map(([, name = '']) => name.toLowerCase()))];
}

function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replaceAll(/[&<>"']/g, (character) => names[character] ?? character);
}

/** Protocol and the tail past 30 characters are hidden by style, and stay in the text of the page. */
function linkHtml(url: string): string {
  const prefix = /^https?:\/\/(www\.)?/.exec(url)?.[0] ?? '';
  const rest = url.slice(prefix.length);
  const isCut = rest.length > 30;
  const span = (style: string, text: string): string => `<span class="${style}">${escapeHtml(text)}</span>`;
  const shown = span('invisible', prefix) + span(isCut ? 'ellipsis' : '', rest.slice(0, 30)) + span('invisible', rest.slice(30));
  return `<a href="${escapeHtml(url)}" target="_blank" rel="nofollow noopener" translate="no">${shown}</a>`;
}

function findEntities(text: string, marks: TextMarks): readonly Entity[] {
  const urls = findUrls(text);
  const entities: Entity[] = urls.map((url) => ({ ...url, html: linkHtml(url.text) }));
  const isFree = (at: number): boolean => urls.every((url) => at < url.start || at >= url.end);
  for (const match of text.matchAll(hashtagPattern)) {
    const [whole, name = ''] = match;
    const address = `${marks.origin}/tags/${encodeURIComponent(name)}`;
    const html = `<a href="${address}" class="mention hashtag" rel="tag">#<span>${escapeHtml(name)}</span></a>`;
    if (isFree(match.index)) entities.push({ start: match.index, end: match.index + whole.length, html });
  }
  for (const match of text.matchAll(mentionPattern)) {
    const [whole, name = ''] = match;
    const found = isFree(match.index) ? marks.findMention(name) : null;
    if (found === null) continue;
    const link = `<a href="${escapeHtml(found.url)}" class="u-url mention">@<span>${escapeHtml(found.username)}</span></a>`;
    entities.push({ start: match.index, end: match.index + whole.length, html: `<span class="h-card" translate="no">${link}</span>` });
  }
  return entities.toSorted((one, other) => one.start - other.start);
}

/** The `content` of a status, as app/lib/text_formatter.rb writes it: paragraphs at blank lines, `<br />` at single ends of line. */
export function renderContent(text: string, marks: TextMarks): string {
  if (text.trim() === '') return '';
  let html = '';
  let done = 0;
  for (const entity of findEntities(text, marks)) {
    if (entity.start < done) continue;
    html += escapeHtml(text.slice(done, entity.start)) + entity.html;
    done = entity.end;
  }
  html += escapeHtml(text.slice(done));
  const paragraphs = html.replaceAll(/\r\n?/g, '\n').split(/\n\n+/);
  return paragraphs.map((paragraph) => `<p>${paragraph.replaceAll(/\n(?=[^\n])/g, '<br />').replaceAll('\n', '')}</p>`).join('');
}
