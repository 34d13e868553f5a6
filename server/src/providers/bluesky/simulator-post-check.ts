import { toJsonObject, type JsonObject } from './simulator-jose.ts';

/** What the check needs to know of what is stored here. */
export interface Known {
  findBlob(cid: string): { readonly mimeType: string; readonly size: number } | null;
  /** The record at this address, with its content address. */
  findRecord(uri: string): { readonly cid: string; readonly record: JsonObject } | null;
}

/** A record that is refused; `code` is the wire name of the error. */
export class RecordFault extends Error {
  readonly code: string;

  constructor(message: string, code = 'InvalidRequest') {
    super(message);
    this.name = 'RecordFault';
    this.code = code;
  }
}

const graphemesMax = 300;
const bytesMax = 3000;
const langsMax = 3;
const imagesMax = 4;
const imageBytesMax = 2_000_000;
const videoBytesMax = 100_000_000;
const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const uriScheme = /^[a-z][a-z0-9.+-]*:\S+$/i;
const did = /^did:[a-z]+:[\w.:%-]+$/;
const featureFields: Readonly<Record<string, readonly [string, RegExp, string]>> = {
  'app.bsky.richtext.facet#link': ['uri', uriScheme, 'uri'],
  'app.bsky.richtext.facet#mention': ['did', did, 'did'],
  'app.bsky.richtext.facet#tag': ['tag', /./u, 'tag'],
};

/** Words as a real server (@atproto/pds, run 2026-11-24) says them. */
function refuse(message: string): never {
  throw new RecordFault(`Invalid app.bsky.feed.post record: ${message}`);
}

function readText(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  return refuse(`Expected string value type (got ${typeof value}) at $.record.${path}`);
}

function readList(value: unknown, path: string, countMax: number): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return refuse(`Expected array value type (got ${typeof value}) at $.record.${path}`);
  if (value.length > countMax) return refuse(`array too big (maximum ${countMax}, got ${value.length}) at $.record.${path}`);
  return value;
}

/** app.bsky.feed.post as its lexicon has it, and its references: throws `RecordFault`. */
export function checkPost(record: JsonObject, known: Known): void {
  const text = readText(record['text'], 'text');
  const bytes = Buffer.byteLength(text);
  const graphemes = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].length;
  if (bytes > bytesMax) refuse(`string too big (maximum ${bytesMax}, got ${bytes}) at $.record.text`);
  if (graphemes > graphemesMax) refuse(`grapheme too big (maximum ${graphemesMax}, got ${graphemes}) at $.record.text`);
  const createdAt = readText(record['createdAt'], 'createdAt');
  if (!dateTime.test(createdAt)) refuse(`Invalid datetime (got "${createdAt}") at $.record.createdAt`);
  readList(record['langs'], 'langs', langsMax).forEach((lang, index) => readText(lang, `langs[${index}]`));
  readList(record['facets'], 'facets', Infinity).forEach((facet, index) => checkFacet(facet, `facets[${index}]`, Buffer.from(text)));
  if (record['embed'] !== undefined) checkEmbed(toJsonObject(record['embed']) ?? {}, known);
  if (record['reply'] !== undefined) checkReply(toJsonObject(record['reply']) ?? {}, known);
}

function checkFacet(value: unknown, path: string, text: Buffer): void {
  const facet = toJsonObject(value) ?? {};
  const { byteStart, byteEnd } = toJsonObject(facet['index']) ?? {};
  for (const [name, number] of Object.entries({ byteStart, byteEnd })) {
    const place = `$.record.${path}.index.${name}`;
    if (typeof number !== 'number' || !Number.isInteger(number)) {
      return refuse(`Expected integer value type (got ${typeof number}) at ${place}`);
    }
    if (number < 0) refuse(`integer too small (minimum 0, got ${number}) at ${place}`);
  }
  const [start, end] = [Number(byteStart), Number(byteEnd)];
  // A real server takes any range, and readers then show the text without the facet: here it is found out.
  const isBoundary = (at: number): boolean => ((text[at] ?? 0) & 0xc0) !== 0x80;
  if (start >= end || end > text.length || !isBoundary(start) || !isBoundary(end)) {
    refuse(`the range ${start} to ${end} is not within the ${text.length} bytes of the text at $.record.${path}.index`);
  }
  readList(facet['features'], `${path}.features`, Infinity).forEach((each, index) => {
    const feature = toJsonObject(each) ?? {};
    const [name, pattern, kind] = featureFields[String(feature['$type'])] ?? [];
    if (name === undefined || pattern === undefined) return;
    const place = `$.record.${path}.features[${index}]`;
    if (feature[name] === undefined) refuse(`Missing required key "${name}" at ${place}`);
    if (!pattern.test(String(feature[name]))) refuse(`Invalid ${kind} (got "${String(feature[name])}") at ${place}.${name}`);
  });
}

function checkEmbed(embed: JsonObject, known: Known): void {
  if (embed['$type'] === 'app.bsky.embed.external') {
    const external = toJsonObject(embed['external']) ?? {};
    for (const name of ['uri', 'title', 'description']) {
      if (external[name] === undefined) refuse(`Missing required key "${name}" at $.record.embed.external`);
    }
    if (external['thumb'] !== undefined) checkBlob(external['thumb'], 'embed.external.thumb', known);
    return;
  }
  if (embed['$type'] === 'app.bsky.embed.video') return checkBlob(embed['video'], 'embed.video', known, { accept: 'video/mp4', bytesMax: videoBytesMax });
  if (embed['$type'] !== 'app.bsky.embed.images') return;
  readList(embed['images'], 'embed.images', imagesMax).forEach((each, index) => {
    const image = toJsonObject(each) ?? {};
    if (image['alt'] === undefined) refuse(`Missing required key "alt" at $.record.embed.images[${index}]`);
    checkBlob(image['image'], `embed.images[${index}].image`, known);
  });
}

function checkBlob(value: unknown, path: string, known: Known, rule = { accept: 'image/', bytesMax: imageBytesMax }): void {
  const blob = toJsonObject(value) ?? {};
  const cid = toJsonObject(blob['ref'])?.['$link'];
  const { mimeType, size } = blob;
  if (blob['$type'] !== 'blob' || typeof cid !== 'string' || typeof mimeType !== 'string' || typeof size !== 'number') {
    return refuse(`Expected blob value type (got object) at $.record.${path}`);
  }
  if (!mimeType.startsWith(rule.accept)) refuse(`Expected "${rule.accept.replace(/\/$/, '/*')}" (got "${mimeType}") at $.record.${path}.mimeType`);
  if (size > rule.bytesMax) refuse(`blob too big (maximum ${rule.bytesMax}, got ${size}) at $.record.${path}`);
  const found = known.findBlob(cid);
  if (found === null) throw new RecordFault(`Could not find blob: ${cid}`, 'BlobNotFound');
  const differs = (what: string, expected: unknown, got: unknown): string =>
    `Referenced ${what} does not match stored blob. Expected: ${String(expected)}, Got: ${String(got)}`;
  if (found.mimeType !== mimeType) throw new RecordFault(differs('Mimetype', found.mimeType, mimeType), 'InvalidMimeType');
  if (found.size !== size) throw new RecordFault(differs('Size', found.size, size), 'InvalidSize');
}

/** A real server does not look the references up; readers then show the post as an answer to nothing. Here it is found out. */
function checkReply(reply: JsonObject, known: Known): void {
  const read = (name: 'root' | 'parent'): { readonly uri: string; readonly record: JsonObject } => {
    const reference = toJsonObject(reply[name]);
    if (reference === null) return refuse(`Missing required key "${name}" at $.record.reply`);
    const uri = readText(reference['uri'], `reply.${name}.uri`);
    const found = known.findRecord(uri);
    if (found === null) return refuse(`there is no record ${uri} at $.record.reply.${name}`);
    const { cid } = reference;
    if (found.cid !== cid) refuse(`${uri} has the content address ${found.cid}, not ${String(cid)} at $.record.reply.${name}`);
    return { uri, record: found.record };
  };
  const root = read('root');
  const parent = read('parent');
  const rootOfParent = toJsonObject(toJsonObject(parent.record['reply'])?.['root'])?.['uri'] ?? parent.uri;
  if (rootOfParent !== root.uri) refuse(`the thread of the parent begins at ${String(rootOfParent)} at $.record.reply.root`);
}
