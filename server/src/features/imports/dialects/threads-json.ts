import { decodeText } from './decode-text.ts';
import type { Dialect } from './dialect.ts';
import { isThreadsText, isUnder, readMetaName } from './list-names.ts';
import { readMetaFacts } from './meta-facts.ts';
import { readJsonList } from './read-json-list.ts';
import { readRelationship, type ProfileLink } from './relationship.ts';

/** threads.net until 2025, threads.com since; with and without `@`. */
export const threadsLink: ProfileLink = {
  pattern: /^https?:\/\/(?:www\.)?threads\.(?:net|com)\/@?([a-z0-9._-]{1,100})\/?(?:[?#].*)?$/i,
  reserved: new Set(),
  build: (handle) => `https://www.threads.com/@${encodeURIComponent(handle)}`,
};

const wrappers = { followers: ['text_post_app_text_post_app_followers'], following: ['text_post_app_text_post_app_following'] } as const;

/** your_instagram_activity/threads/followers.json, in an Instagram export beside Instagram's own list. */
export const threadsJson: Dialect = {
  id: 'threads-json',
  network: 'threads',
  firstPart: 1,
  wanted:
    'Threads: your_instagram_activity/threads/followers.json (request "Threads", JSON, "All time")',
  mayClaim: (path) => readMetaName(path)?.format === 'json',
  claim: (path, head) => {
    const name = readMetaName(path);
    return name?.format === 'json' && (isUnder(path, 'threads') || isThreadsText(head)) ? name.claim : null;
  },
  readList: ({ entry, list }, signal) =>
    readJsonList({
      path: entry.path,
      text: decodeText(entry, signal),
      wrappers: wrappers[list],
      readRow: (row) => readRelationship(row, threadsLink),
    }),
  readFacts: (claimed, signal) => readMetaFacts('threads', claimed, threadsLink, signal),
};
