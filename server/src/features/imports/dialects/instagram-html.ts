import { decodeText } from './decode-text.ts';
import type { ClaimedList, Dialect, RowBatch } from './dialect.ts';
import { instagramLink } from './instagram-link.ts';
import { isThreadsText, isUnder, readMetaName } from './list-names.ts';
import { isMetaFactsPath, readMetaFacts } from './meta-facts.ts';
import { ProfilePage } from './profile-page.ts';

/** connections/followers_and_following/followers_1.html, _2 …: what people get who do not choose JSON. */
export const instagramHtml: Dialect = {
  id: 'instagram-html',
  network: 'instagram',
  firstPart: 1,
  wanted: 'Instagram as HTML: connections/followers_and_following/followers_1.html (JSON is better: it has the time of each follow)',
  mayClaim: (path) => readMetaName(path)?.format === 'html' || isMetaFactsPath(path),
  claim: (path, head) => {
    if (isMetaFactsPath(path)) return { kind: 'facts' };
    const name = readMetaName(path);
    return name?.format !== 'html' || isUnder(path, 'threads') || isThreadsText(head) ? null : name.claim;
  },
  readList: readPage,
  readFacts: (claimed, signal) => readMetaFacts('instagram', claimed, instagramLink, signal),
};

async function* readPage({ entry }: ClaimedList, signal?: AbortSignal): AsyncGenerator<RowBatch> {
  const page = new ProfilePage(entry.path, instagramLink);
  for await (const text of decodeText(entry, signal)) {
    const batch = page.push(text);
    if (batch.rows.length > 0 || batch.unreadable.length > 0) yield batch;
  }
  yield page.finish();
}
