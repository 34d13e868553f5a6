import type { JsonReply } from '../http-client.ts';
import { idOf, isRecord, recordsOf, required, textOf, type JsonRecord } from '../json.ts';
import { findOwnPost, searchSince, type OwnPost } from '../post-match.ts';
import type { Finding, ProviderCall, PublishRequest } from '../provider.ts';
import type { Graph } from './graph.ts';
import { publishFailureOf } from './publish-errors.ts';

const network = 'Instagram';
const pageSize = '50';
const pagesMax = 6;

/** Looks for a post among the account's own, newest first, by caption and time. */
export async function lookForMedia(
  graph: Graph, call: ProviderCall, request: PublishRequest, { isSurelyOut }: { isSurelyOut: boolean },
): Promise<Finding> {
  const since = searchSince(request);
  const { rows, isComplete } = await readRows(graph, call, {
    path: `/${encodeURIComponent(call.externalId)}/media`, fields: 'id,caption,timestamp,permalink,media_type',
    isEnough: (posts) => posts.some((post) => (timeOf(post) ?? since) < since),
  });
  return findOwnPost(rows.map(mediaOf), request, { isComplete, isSurelyOut });
}

/** Looks for a comment below its post. */
export async function lookForComment(graph: Graph, call: ProviderCall, request: PublishRequest): Promise<Finding> {
  const parent = request.replyTo?.parent.externalId ?? '';
  const { rows, isComplete } = await readRows(graph, call, {
    // In which order comments come is not promised: the list is read to its end.
    path: `/${encodeURIComponent(parent)}/comments`, fields: 'id,text,timestamp', isEnough: () => false,
  });
  const comments = rows.map((row): OwnPost => ({
    publication: { externalId: required(idOf(row['id']), network, 'the id of a comment'), url: null, ref: {} },
    text: textOf(row['text']) ?? '', createdAt: timeOf(row), replyTo: parent, images: null,
  }));
  return findOwnPost(comments, request, { isComplete });
}

interface Listing {
  readonly path: string;
  readonly fields: string;
  /** Whether the rows after this page cannot matter. */
  isEnough(rows: readonly JsonRecord[]): boolean;
}

async function readRows(graph: Graph, call: ProviderCall, listing: Listing): Promise<{ rows: readonly JsonRecord[]; isComplete: boolean }> {
  const rows: JsonRecord[] = [];
  let after: string | null = null;
  for (let page = 0; page < pagesMax; page += 1) {
    const query = { fields: listing.fields, limit: pageSize, ...(after === null ? {} : { after }) };
    const reply: JsonReply = await graph.get(call, listing.path, query);
    const failure = publishFailureOf(graph.http, reply);
    if (failure !== null) throw failure;
    const body = required(isRecord(reply.json) ? reply.json : null, network, 'an object');
    const read = required(recordsOf(body['data']), network, 'a list');
    rows.push(...read);
    after = nextOf(body['paging']);
    if (after === null || listing.isEnough(read)) return { rows, isComplete: true };
  }
  return { rows, isComplete: false };
}

function nextOf(paging: unknown): string | null {
  if (!isRecord(paging) || textOf(paging['next']) === null) return null;
  return isRecord(paging['cursors']) ? textOf(paging['cursors']['after']) : null;
}

function mediaOf(row: JsonRecord): OwnPost {
  const kind = textOf(row['media_type']);
  return {
    publication: { externalId: required(idOf(row['id']), network, 'the id of a post'), url: textOf(row['permalink']), ref: {} },
    text: textOf(row['caption']) ?? '',
    createdAt: timeOf(row),
    replyTo: null,
    images: kind === 'IMAGE' ? 1 : kind === 'VIDEO' ? 0 : null,
  };
}

function timeOf(row: JsonRecord): Date | null {
  const at = new Date(textOf(row['timestamp']) ?? Number.NaN);
  return Number.isNaN(at.getTime()) ? null : at;
}
