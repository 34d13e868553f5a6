import { randomUUID } from 'node:crypto';
import type { WalkedApp } from './app-fixture.ts';
import { gatherAudience, gatherImports, type AccountPlan } from './audience-fixture.ts';
import { gatherPictures } from './pictures-fixture.ts';
import { gatherFeeds, gatherPosts, gatherReviews, type Reviews } from './posts-fixture.ts';
import { gatherSnippets } from './snippets-fixture.ts';
import { gatherSeries } from './series-fixture.ts';
import { found, gatherTeam, type Team } from './team-fixture.ts';

/** A workspace filled with as many kinds of things as there are. */
export interface Tenant extends Team {
  /** Stands in every text of this workspace, in no other. */
  readonly mark: string;
  readonly handles: AccountPlan;
  /** A file that the library takes. */
  readonly picture: Buffer;
  /** Of a public address of one of its images. */
  readonly publicToken: string;
  /** Of a calendar address of its owner. */
  readonly feedToken: string;
  readonly reviews: Reviews;
  /** Ids by the name of the field that takes them. */
  readonly ids: Readonly<Record<string, string>>;
  /** The same where one endpoint needs another one, because a call that works changes or ends what it is about. */
  readonly idsOf: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What was given out once and must come back to nobody else. */
  readonly secrets: readonly string[];
}

/** Fills one workspace over HTTP, by the routes that people use; what needs bad luck (an interrupted scan) by SQL. */
export async function fillTenant(walked: WalkedApp, mark: string, handles: AccountPlan): Promise<Tenant> {
  const team = await gatherTeam(walked, mark);
  const audience = await gatherAudience(walked, team, handles);
  const imports = await gatherImports(team, mark);
  const pictures = await gatherPictures(walked, team, mark);
  const snippets = await gatherSnippets(team, mark);
  const posts = await gatherPosts(walked, team, { mark, accountId: audience.accountId });
  const series = await gatherSeries(team, { mark, accountId: audience.accountId });
  const feeds = await gatherFeeds(team, mark);
  const reviews = await gatherReviews(team, { mark, postId: posts.published.postId, mediaId: pictures.mediaId });
  const secondHeldId = await addMoreScans(walked, audience.heldScanId);
  await addMoreImports(walked, imports.withFile);
  await addMissed(walked, audience.heldScanId, audience.personKey);
  await markTexts(walked, team.workspaceId, mark);
  const people = [...Object.values(team.people), team.passer];
  return {
    ...team, mark, handles, picture: pictures.picture, publicToken: pictures.publicToken, feedToken: feeds.feedToken, reviews,
    ids: {
      workspaceId: team.workspaceId, userId: team.spareId, actor: team.ownerId, accountId: audience.accountId, account: audience.accountId,
      scanId: audience.heldScanId, personKey: audience.personKey, importId: imports.committed, invitationId: team.invitationId,
      ...posts.published,
      mediaId: pictures.mediaId,
      feedId: feeds.spareFeedId,
      snippetId: snippets.snippetId,
      ...series.standing,
      commentId: reviews.commentId, reviewLinkId: reviews.spareLinkId,
    },
    idsOf: {
      startSync: { accountId: audience.spareAccountId }, disconnectAccount: { accountId: audience.spareAccountId },
      connectWithPassword: { accountId: audience.passwordAccountId }, discardScan: { scanId: secondHeldId },
      sendImportFile: { importId: imports.empty }, readImport: { importId: imports.withFile }, commitImport: { importId: imports.ready },
      discardImport: { importId: imports.toDiscard },
      updatePost: posts.draft, publishPost: posts.planned, deletePost: posts.toDelete, deleteMedia: { mediaId: pictures.spareMediaId },
      deleteSnippet: { snippetId: snippets.spareSnippetId },
      changeSeries: series.toChange, pauseSeries: series.toPause, resumeSeries: series.paused, endSeries: series.toEnd,
      askApproval: posts.toAsk, approvePost: posts.toApprove, askChanges: posts.toGiveBack,
      retryTarget: posts.failed, resolveTarget: posts.inReview,
    },
    secrets: [audience.openState, pictures.publicToken, feeds.feedToken, reviews.reviewToken, team.invitationToken, team.passerToken, ...people.flatMap(({ browser }) => [...browser.cookies.values()])],
  };
}

/** Scans in the states that a walk over HTTP does not leave. Answers the id of one more that is held. */
async function addMoreScans({ admin }: WalkedApp, heldScanId: string): Promise<string> {
  let heldId = '';
  for (const state of ['running', 'partial', 'failed', 'discarded', 'held']) {
    heldId = randomUUID();
    await admin(
      `insert into scan (workspace_id, account_id, id, kind, state, started_at, at, cursor, reason)
       select workspace_id, account_id, $2, kind, $3, started_at - interval '2 days', at - interval '2 days', 'a cursor', reason from scan where id = $1`,
      [heldScanId, heldId, state],
    );
  }
  // Only one may run at a time, and a sync to come would take it over.
  await admin(`delete from scan where state = 'running' and account_id in (select account_id from scan where id = $1)`, [heldScanId]);
  return heldId;
}

async function addMoreImports({ admin }: WalkedApp, importId: string): Promise<void> {
  for (const state of ['reading', 'committing']) {
    await admin(
      `insert into import (workspace_id, id, network, handle, state, created_by, created_at)
       select workspace_id, $2, network, handle, $3, created_by, created_at from import where id = $1`,
      [importId, randomUUID(), state],
    );
  }
}

async function addMissed({ admin }: WalkedApp, scanId: string, personKey: string): Promise<void> {
  await admin(
    `insert into follower_missed (workspace_id, account_id, person_key, scan_id, status) select workspace_id, account_id, $2, id, 'unknown' from scan where id = $1`,
    [scanId, personKey],
  );
}

/** What networks wrote becomes unmistakable too. Afterwards nothing of this workspace may be synced again. */
async function markTexts({ admin }: WalkedApp, workspaceId: string, mark: string): Promise<void> {
  const texts: Readonly<Record<string, readonly string[]>> = {
    account: ['handle', 'name', 'profile_url', 'state_reason'], person: ['handle', 'name', 'profile_url'], scan: ['reason'],
    import: ['error'], audit_personal: ['entity_name', 'user_agent'],
  };
  for (const [table, columns] of Object.entries(texts)) {
    for (const column of columns) {
      await admin(`update ${table} set ${column} = $2 || ' ' || ${column} where workspace_id = $1 and ${column} is not null`, [workspaceId, mark]);
    }
  }
  const [person] = await admin('select count(*)::int as n from person where workspace_id = $1 and handle like $2', [workspaceId, `${mark}%`]);
  found(Number(person?.['n']) > 0 ? person : null);
}
