import { createHash } from 'node:crypto';

// Counting as docs.x.com/fundamentals/counting-characters has it (read 2026-11-24): NFC first, every link 23, an emoji 2, the ranges
// below 1 and everything else 2.
export const weightMax = 280;
const linkWeight = 23;
const lightRanges: readonly (readonly [number, number])[] = [[0, 4351], [8192, 8205], [8208, 8223], [8242, 8247]];

const emoji = /\p{RGI_Emoji}/v;
const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Endings that make a link of a name without `https://`: the common ones, and every country's. */
const bareEndings = new Set((
  'com net org info biz edu gov mil int app dev blog shop store online site tech xyz club page art news design studio ' +
  'world life live media social agency email cloud coop eu ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd ' +
  'be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do ' +
  'dz ec ee eg er es et fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ' +
  'ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me ' +
  'mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm ' +
  'pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj ' +
  'tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw'
).split(' '));
/** No such top-level domains exist (RFC 2606, RFC 6762): what ends in them is no link. */
const reservedEndings = new Set(['example', 'test', 'invalid', 'localhost', 'local']);

const before = '(?<![A-Za-z0-9@＠$#＃])';
const ending = '([a-z]{2,})(?![0-9a-z@+-])';
// Names of any script after `https://`, of ASCII without it.
const named = `https?://(?:[\\p{L}\\p{N}](?:[\\p{L}\\p{N}_-]*[\\p{L}\\p{N}])?\\.)+${ending}`;
const bare = `(?<![-_./])(?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?\\.)+${ending}`;
const letters = '0-9\\p{Script=Latin}\\p{Script=Cyrillic}';
const path = `/(?:[${letters}!*';:=+,.$/%#\\[\\]_~@|&()-]*[${letters}=_#/+)-])?`;
const search = "\\?[a-z0-9!?*'@();:&=+$/%#\\[\\]_.,~|-]*[a-z0-9_&=#/-]";
const linkPattern = new RegExp(`${before}(?:${named}|${bare})(?::\\d+)?(?:${path})?(?:${search})?`, 'giu');

export interface FoundLink {
  readonly start: number;
  readonly end: number;
  /** As it was written, with `http://` where nothing stood there. */
  readonly address: string;
}

export function findLinks(text: string): readonly FoundLink[] {
  const links: FoundLink[] = [];
  for (const match of text.matchAll(linkPattern)) {
    const [address, namedEnding, bareEnding = ''] = match;
    const isLink = namedEnding === undefined ? bareEndings.has(bareEnding.toLowerCase()) : !reservedEndings.has(namedEnding.toLowerCase());
    if (!isLink) continue;
    const whole = namedEnding === undefined ? `http://${address}` : address;
    links.push({ start: match.index, end: match.index + address.length, address: whole });
  }
  return links;
}

/** X's weighted length; 280 is the most for a post. */
export function weigh(text: string): number {
  const plain = text.normalize('NFC');
  let weight = 0;
  let done = 0;
  for (const link of findLinks(plain)) {
    weight += weighPlain(plain.slice(done, link.start)) + linkWeight;
    done = link.end;
  }
  return weight + weighPlain(plain.slice(done));
}

function weighPlain(text: string): number {
  let weight = 0;
  for (const { segment } of characters.segment(text)) {
    if (emoji.test(segment)) weight += 2;
    else for (const character of segment) weight += isLight(character.codePointAt(0) ?? 0) ? 1 : 2;
  }
  return weight;
}

function isLight(code: number): boolean {
  return lightRanges.some(([from, to]) => code >= from && code <= to);
}

export interface UrlEntity {
  readonly start: number;
  readonly end: number;
  readonly url: string;
  readonly expanded_url: string;
  readonly display_url: string;
  readonly media_key?: string;
}

/**
 * A post's text as X gives it back: links wrapped by t.co, the media's own link at the end, `&<>` escaped; positions in code
 * points.
 */
export function renderText(post: { id: string; handle: string; text: string; mediaKeys: readonly string[] }): {
  readonly text: string;
  readonly urls: readonly UrlEntity[];
} {
  const urls: UrlEntity[] = [];
  let out = '';
  let done = 0;
  const append = (address: string, entity: Pick<UrlEntity, 'expanded_url' | 'display_url'>): Omit<UrlEntity, 'media_key'> => {
    const start = [...out].length;
    const url = shorten(`${post.id} ${address}`);
    out += url;
    return { start, end: start + url.length, url, ...entity };
  };
  for (const link of findLinks(post.text)) {
    out += escapeText(post.text.slice(done, link.start));
    urls.push(append(link.address, { expanded_url: link.address, display_url: displayOf(link.address) }));
    done = link.end;
  }
  out += escapeText(post.text.slice(done));
  if (post.mediaKeys.length > 0) {
    if (out !== '') out += ' ';
    const expanded = `https://x.com/${post.handle}/status/${post.id}/photo/1`;
    const entity = append(expanded, { expanded_url: expanded, display_url: `pic.x.com/${shorten(expanded).slice(-10)}` });
    for (const mediaKey of post.mediaKeys) urls.push({ ...entity, media_key: mediaKey });
  }
  return { text: out, urls };
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function shorten(text: string): string {
  const slug = createHash('sha256').update(text).digest('base64').replaceAll(/[+/=]/g, '').slice(0, 10);
  return `https://t.co/${slug}`;
}

function displayOf(address: string): string {
  const bare = address.replace(/^https?:\/\/(www\.)?/i, '');
  return bare.length > 27 ? `${bare.slice(0, 26)}…` : bare;
}
