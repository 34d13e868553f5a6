import { decodeText } from './decode-text.ts';
import type { Dialect } from './dialect.ts';
import { instagramLink } from './instagram-link.ts';
import { isThreadsText, isUnder, readMetaName } from './list-names.ts';
import { isMetaFactsPath, readMetaFacts } from './meta-facts.ts';
import { readJsonList } from './read-json-list.ts';
import { readRelationship } from './relationship.ts';

const wrappers = { followers: ['relationships_followers'], following: ['relationships_following'] } as const;

/**
 * connections/followers_and_following/followers_1.json, _2 …: a bare array, in older exports under `relationships_followers`.
 * Nothing in the export says how many parts there are: a missing last part cannot be noticed, a hole before it can.
 */
export const instagramJson: Dialect = {
  id: 'instagram-json',
  network: 'instagram',
  firstPart: 1,
  wanted:
    'Instagram: connections/followers_and_following/followers_1.json (request "Followers and following", JSON, "All time")',
  mayClaim: (path) => readMetaName(path)?.format === 'json' || isMetaFactsPath(path),
  claim: (path, head) => {
    if (isMetaFactsPath(path)) return { kind: 'facts' };
    const name = readMetaName(path);
    return name?.format !== 'json' || isUnder(path, 'threads') || isThreadsText(head) ? null : name.claim;
  },
  readList: ({ entry, list }, signal) =>
    readJsonList({
      path: entry.path,
      text: decodeText(entry, signal),
      wrappers: wrappers[list],
      readRow: (row) => readRelationship(row, instagramLink),
    }),
  readFacts: (claimed, signal) => readMetaFacts('instagram', claimed, instagramLink, signal),
};
