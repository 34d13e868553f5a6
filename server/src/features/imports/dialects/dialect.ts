import type { ExportEntry } from '../archive.ts';

export type ExportDialect = 'instagram-json' | 'instagram-html' | 'threads-json' | 'x-archive';
/** Networks whose exports can be read. */
export const exportNetworks = ['instagram', 'threads', 'x'] as const;
export type ExportNetwork = (typeof exportNetworks)[number];
export type ListName = 'followers' | 'following';

/** One follower as an export tells of them. What it does not tell is null, never a guess. */
export interface ExportedFollower {
  /** The network's stable id: X gives only this. */
  readonly externalId: string | null;
  /** Lower case, without `@`: Instagram and Threads give only this. */
  readonly handle: string | null;
  /** Rebuilt from id or handle; an address out of a file is never passed on. */
  readonly href: string | null;
  readonly followedAt: Date | null;
  /** `2025-08-24` where the export writes a local day without its zone, which is no instant. */
  readonly followedOn: string | null;
}

/** A row that could not be read. It may be a follower, so a list with one is not complete. */
export interface UnreadableRow {
  /** Counted from 1 in its file. */
  readonly position: number;
  readonly reason: string;
}

export interface RowBatch {
  readonly rows: readonly ExportedFollower[];
  readonly unreadable: readonly UnreadableRow[];
}

/** What an entry is to a dialect. `part` counts as the dialect's files do. */
export type Claim = { readonly kind: ListName; readonly part: number } | { readonly kind: 'facts' };

export interface ClaimedEntry {
  readonly entry: ExportEntry;
  readonly claim: Claim;
}

export interface ClaimedList {
  readonly entry: ExportEntry;
  readonly list: ListName;
  readonly part: number;
}

/** What an export says about itself. */
export interface ExportFacts {
  readonly owner: string | null;
  readonly ownerId: string | null;
  readonly generatedAt: Date | null;
  /** The dates that the export says it covers. */
  readonly covers: { readonly from: Date; readonly to: Date } | null;
  /** Why the follower list cannot be all there, in words; empty when nothing speaks against it. */
  readonly gaps: readonly string[];
  /** Rows of the follower list according to the export; null when it does not say. */
  readonly followersStated: number | null;
}

export const noFacts: ExportFacts = { owner: null, ownerId: null, generatedAt: null, covers: null, gaps: [], followersStated: null };

/** One way in which a network writes its export. */
export interface Dialect {
  readonly id: ExportDialect;
  readonly network: ExportNetwork;
  /** Number of the first part: `followers_1.json`, but `.part0`. */
  readonly firstPart: number;
  /** The files to look for and the export to request, for people. */
  readonly wanted: string;
  /** By the path alone: might this entry be of use? */
  mayClaim(path: string): boolean;
  /** `head` is the first few thousand characters. */
  claim(path: string, head: string): Claim | null;
  readList(source: ClaimedList, signal?: AbortSignal): AsyncIterable<RowBatch>;
  readFacts(claimed: readonly ClaimedEntry[], signal?: AbortSignal): Promise<ExportFacts>;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
