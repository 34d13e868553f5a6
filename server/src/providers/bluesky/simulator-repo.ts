import { integer, object, string, type Static } from '@rookery/contract/schema.ts';
import type { FaultSwitches } from '../simulation/faults.ts';
import { openKeptMap, type KeptMap } from '../simulation/kept-map.ts';
import type { PostBook } from '../simulation/post-book.ts';
import { jsonReply, readJson, type SimulatedReply, type SimulatedRequest } from '../simulation/request.ts';
import { readSession, XrpcFault } from './simulator-auth.ts';
import { cidOfBytes, cidOfRecord } from './simulator-cid.ts';
import { toJsonObject, type JsonObject } from './simulator-jose.ts';
import { checkPost, RecordFault } from './simulator-post-check.ts';
import { checkBlobScope, checkRepoScope, type RepoAction } from './simulator-scopes.ts';
import type { ServerParts } from './simulator-server.ts';
import type { SimulatedSession } from './simulator-sessions.ts';
import { isTid, mintTid } from './simulator-tid.ts';

export const postCollection = 'app.bsky.feed.post';
/** `blobUploadLimit` of a Bluesky server. */
export const blobBytesMax = 52_428_800;
const listedDefault = 50;
const listedMax = 100;
const points = { create: 3, update: 2, delete: 1 } as const;

const recordSchema = object({ cid: string(), json: string() });
const blobSchema = object({ mimeType: string(), size: integer() });

/** The records and blobs of all accounts. */
export interface RepoStore {
  /** By AT URI. */
  readonly records: KeptMap<Static<typeof recordSchema>>;
  /** By account and content address. */
  readonly blobs: KeptMap<Static<typeof blobSchema>>;
  readonly published: PostBook;
}

export interface RepoParts extends ServerParts {
  readonly faults: FaultSwitches;
  readonly repo: RepoStore;
}

type RepoAnswer = (parts: RepoParts, request: SimulatedRequest) => SimulatedReply;

export function openRepoStore(stateFile: string | null, published: PostBook): RepoStore {
  return {
    records: openKeptMap(stateFile, 'bluesky-records', recordSchema),
    blobs: openKeptMap(stateFile, 'bluesky-blobs', blobSchema),
    published,
  };
}

/** A record as it was written; null when there is none. */
export function findRecord(store: RepoStore, uri: string): { readonly cid: string; readonly record: JsonObject } | null {
  const found = store.records.get(uri);
  const record = found === null ? null : toJsonObject(JSON.parse(found.json));
  return found === null || record === null ? null : { cid: found.cid, record };
}

const mimeHeads: readonly (readonly [string, RegExp])[] = [
  ['image/jpeg', /^ffd8ff/], ['image/png', /^89504e470d0a1a0a/], ['image/gif', /^47494638/], ['image/webp', /^52494646.{8}57454250/],
  ['video/mp4', /^.{8}66747970/],
];

/** The type that the bytes show wins over the one that was said. */
const uploadBlob: RepoAnswer = (parts, request) => {
  const session = readSession(parts, request);
  const said = request.headers['content-type']?.split(';')[0]?.trim() ?? '';
  if (said === '') throw new XrpcFault(400, 'InvalidRequest', 'Request encoding (Content-Type) required but not provided');
  checkBlobScope(session, said);
  const reading = parts.limits.countBlob(session.did);
  if (reading.isExceeded) return parts.limits.refuse(reading);
  if (request.body.length > blobBytesMax) throw new XrpcFault(413, 'PayloadTooLarge', 'request entity too large');
  const head = request.body.subarray(0, 16).toString('hex');
  const mimeType = mimeHeads.find(([, pattern]) => pattern.test(head))?.[0] ?? said;
  const cid = cidOfBytes(request.body);
  parts.repo.blobs.set(`${session.did} ${cid}`, { mimeType, size: request.body.length });
  return jsonReply(200, { blob: { $type: 'blob', ref: { $link: cid }, mimeType, size: request.body.length } });
};

interface Write {
  readonly session: SimulatedSession;
  readonly body: JsonObject;
  readonly collection: string;
}

function badInput(message: string): XrpcFault {
  return new XrpcFault(400, 'InvalidRequest', message);
}

function didOf(parts: RepoParts, repo: unknown): string {
  const account = parts.world.accounts.find((each) => each.id === repo || each.handle === repo);
  if (account === undefined) throw badInput(`Could not find repo: ${String(repo)}`);
  return account.id;
}

function readWrite(parts: RepoParts, request: SimulatedRequest, actions: readonly RepoAction[]): Write {
  const session = readSession(parts, request);
  const body = toJsonObject(readJson(request)) ?? {};
  const { collection } = body;
  for (const name of ['repo', 'collection']) {
    if (typeof body[name] !== 'string') throw badInput(`Missing required key "${name}" at $`);
  }
  if (typeof collection !== 'string' || !/^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+\.[a-zA-Z]+$/.test(collection)) {
    throw badInput(`Invalid nsid (got "${String(collection)}") at $.collection`);
  }
  if (didOf(parts, body['repo']) !== session.did) throw new XrpcFault(401, 'AuthenticationRequired', 'Authentication Required');
  for (const action of actions) checkRepoScope(session, action, collection);
  return { session, body, collection };
}

function checkKey(rkey: unknown, collection: string): string {
  if (typeof rkey !== 'string' || !/^[a-zA-Z0-9_~.:-]{1,512}$/.test(rkey) || rkey === '.' || rkey === '..') {
    throw badInput(`Invalid record key: ${String(rkey)}`);
  }
  if (collection === postCollection && !isTid(rkey)) {
    throw badInput(`Invalid record key for ${collection}: Invalid TID string (got "${rkey}") at $`);
  }
  return rkey;
}

/** The record with its `$type`, checked as its collection asks for; one of a collection not known here is `unknown`, not wrong. */
function readRecord(parts: RepoParts, write: Write): { readonly record: JsonObject; readonly validationStatus: 'valid' | 'unknown' } {
  const { body, collection, session } = write;
  const sent = toJsonObject(body['record']);
  if (sent === null) throw badInput('Missing required key "record" at $');
  const record = { ...sent, $type: sent['$type'] ?? collection };
  if (record.$type !== collection) throw badInput(`Invalid $type: expected ${collection}, got ${String(record.$type)}`);
  if (collection !== postCollection || body['validate'] === false) return { record, validationStatus: 'unknown' };
  try {
    checkPost(record, {
      findBlob: (cid) => parts.repo.blobs.get(`${session.did} ${cid}`),
      findRecord: (uri) => findRecord(parts.repo, uri),
    });
  } catch (error) {
    if (error instanceof RecordFault) throw new XrpcFault(400, error.code, error.message);
    throw error;
  }
  return { record, validationStatus: 'valid' };
}

/** Grows with every post, so that keys made in one millisecond differ. */
function countWrites(parts: RepoParts): number {
  return parts.repo.records.entries().length + parts.repo.published.all().length;
}

function commitOf(parts: RepoParts, uri: string): { readonly cid: string; readonly rev: string } {
  const rev = mintTid(parts.clock.now(), countWrites(parts));
  return { cid: cidOfRecord({ uri, rev }), rev };
}

function store(parts: RepoParts, input: { did: string; uri: string; cid: string; record: JsonObject }): void {
  const { did, uri, cid, record } = input;
  parts.repo.records.set(uri, { cid, json: JSON.stringify(record) });
  if (record['$type'] !== postCollection) return;
  const embed = toJsonObject(record['embed']) ?? {};
  const images = Array.isArray(embed['images']) ? embed['images'] : [];
  const parent = toJsonObject(toJsonObject(record['reply'])?.['parent'])?.['uri'];
  parts.repo.published.put({
    id: uri,
    accountId: did,
    text: typeof record['text'] === 'string' ? record['text'] : '',
    images: [...images, ...(embed['$type'] === 'app.bsky.embed.video' ? [embed] : [])].map((image) => String(toJsonObject(image)?.['alt'] ?? '')),
    replyTo: typeof parent === 'string' ? parent : null,
    isComment: false,
  });
}

const createRecord: RepoAnswer = (parts, request) => {
  const write = readWrite(parts, request, ['create']);
  const { session, body, collection } = write;
  const reading = parts.limits.countWrite(session.did, points.create);
  if (reading.isExceeded) return parts.limits.refuse(reading);
  const rkey = body['rkey'] === undefined ? mintTid(parts.clock.now(), countWrites(parts)) : checkKey(body['rkey'], collection);
  const { record, validationStatus } = readRecord(parts, write);
  const uri = `at://${session.did}/${collection}/${rkey}`;
  // A real server (run 2026-11-24) stumbles over a key in use, without changing anything.
  if (parts.repo.records.get(uri) !== null) throw new XrpcFault(500, 'InternalServerError', 'Internal Server Error');
  const cid = cidOfRecord(record);
  store(parts, { did: session.did, uri, cid, record });
  return jsonReply(200, { uri, cid, commit: commitOf(parts, uri), validationStatus }, parts.limits.headersOf(reading));
};

/** The same content again changes nothing and makes no commit. */
const putRecord: RepoAnswer = (parts, request) => {
  const write = readWrite(parts, request, ['create', 'update']);
  const { session, body, collection } = write;
  const reading = parts.limits.countWrite(session.did, points.update);
  if (reading.isExceeded) return parts.limits.refuse(reading);
  const rkey = checkKey(body['rkey'], collection);
  const { record, validationStatus } = readRecord(parts, write);
  const uri = `at://${session.did}/${collection}/${rkey}`;
  const cid = cidOfRecord(record);
  const current = parts.repo.records.get(uri)?.cid ?? null;
  const headers = parts.limits.headersOf(reading);
  if (current === cid) return jsonReply(200, { uri, cid, validationStatus }, headers);
  checkSwap(body, current);
  store(parts, { did: session.did, uri, cid, record });
  return jsonReply(200, { uri, cid, commit: commitOf(parts, uri), validationStatus }, headers);
};

/** `swapRecord` names what must stand there now; null: nothing. */
function checkSwap(body: JsonObject, current: string | null): void {
  if (body['swapRecord'] === undefined || body['swapRecord'] === current) return;
  throw new XrpcFault(400, 'InvalidSwap', `Record was at ${current ?? 'null'}`);
}

/** What is gone already is no error. */
const deleteRecord: RepoAnswer = (parts, request) => {
  const { session, body, collection } = readWrite(parts, request, ['delete']);
  const reading = parts.limits.countWrite(session.did, points.delete);
  if (reading.isExceeded) return parts.limits.refuse(reading);
  const uri = `at://${session.did}/${collection}/${String(body['rkey'])}`;
  const current = parts.repo.records.get(uri)?.cid ?? null;
  if (current === null) return jsonReply(200, {}, parts.limits.headersOf(reading));
  checkSwap(body, current);
  parts.repo.records.delete(uri);
  parts.repo.published.remove(uri);
  return jsonReply(200, { commit: commitOf(parts, uri) }, parts.limits.headersOf(reading));
};

function need(request: SimulatedRequest, name: string): string {
  const value = request.query.get(name);
  if (value === null || value === '') throw badInput(`Error: Params must have the property "${name}"`);
  return value;
}

/** Open to everyone. The post's own address shows it at once, whatever delays the lists. */
const getRecord: RepoAnswer = (parts, request) => {
  const uri = `at://${didOf(parts, need(request, 'repo'))}/${need(request, 'collection')}/${need(request, 'rkey')}`;
  const found = findRecord(parts.repo, uri);
  const cid = request.query.get('cid');
  const isThere = found !== null && (cid === null || cid === found.cid);
  if (!isThere) throw new XrpcFault(400, 'RecordNotFound', `Could not locate record: ${uri}`);
  return jsonReply(200, { uri, cid: found.cid, value: found.record });
};

/** By key, the newest first. A cursor comes with every page that has rows, the last one too. */
const listRecords: RepoAnswer = (parts, request) => {
  const collection = need(request, 'collection');
  const did = didOf(parts, need(request, 'repo'));
  const limit = Number(request.query.get('limit') ?? listedDefault);
  if (!Number.isInteger(limit) || limit < 1 || limit > listedMax) throw badInput(`Error: limit must be between 1 and ${listedMax}`);
  const prefix = `at://${did}/${collection}/`;
  const isReversed = request.query.get('reverse') === 'true';
  const cursor = request.query.get('cursor');
  const shown = new Set(parts.repo.published.listOf(did).map((post) => post.id));
  const keys = parts.repo.records.entries()
    .map(([uri]) => uri)
    .filter((uri) => uri.startsWith(prefix) && (collection !== postCollection || shown.has(uri)))
    .map((uri) => uri.slice(prefix.length))
    .filter((key) => cursor === null || (isReversed ? key > cursor : key < cursor))
    .toSorted((one, other) => (one < other === isReversed ? -1 : 1));
  const page = keys.slice(0, limit);
  const records = page.flatMap((key) => {
    const found = findRecord(parts.repo, prefix + key);
    return found === null ? [] : [{ uri: prefix + key, cid: found.cid, value: found.record }];
  });
  const last = page.at(-1);
  return jsonReply(200, { records, ...(last !== undefined && { cursor: last }) });
};

/** The methods of com.atproto.repo that read and write records. */
export const repoMethods: readonly (readonly ['GET' | 'POST', string, RepoAnswer])[] = [
  ['POST', 'com.atproto.repo.uploadBlob', uploadBlob],
  ['POST', 'com.atproto.repo.createRecord', createRecord],
  ['POST', 'com.atproto.repo.putRecord', putRecord],
  ['POST', 'com.atproto.repo.deleteRecord', deleteRecord],
  ['GET', 'com.atproto.repo.getRecord', getRecord],
  ['GET', 'com.atproto.repo.listRecords', listRecords],
];
