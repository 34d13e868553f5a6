import { randomUUID } from 'node:crypto';
import { addComment } from '@rookery/contract/comments.ts';
import { createReviewLink, readReview } from '@rookery/contract/reviews.ts';
import { createCalendarFeed } from '@rookery/contract/post-files.ts';
import { askApproval } from '@rookery/contract/approvals.ts';
import { createPost, deletePost } from '@rookery/contract/posts.ts';
import { replaceSlots } from '@rookery/contract/slots.ts';
import type { WalkedApp } from './app-fixture.ts';
import { found, type Team } from './team-fixture.ts';

type Written = Readonly<Record<'postId' | 'targetId', string>>;

export interface Posts {
  readonly published: Written;
  readonly failed: Written;
  readonly inReview: Written;
  readonly planned: Written;
  readonly draft: Written;
  readonly toDelete: Written;
  /** Wait for approval, for as long as nobody decides about them; and a draft to ask for. */
  readonly asked: Written;
  readonly toApprove: Written;
  readonly toGiveBack: Written;
  readonly toAsk: Written;
}

const dayMs = 86_400_000;

/** Posts in the states that people see, each on one account. What only a network's answer would bring about is written by SQL. */
export async function gatherPosts(walked: WalkedApp, team: Team, { mark, accountId }: { mark: string; accountId: string }): Promise<Posts> {
  const { browser } = team.people.owner;
  const params = { workspaceId: team.workspaceId };
  const wallTime = new Date(Date.now() + 7 * dayMs).toISOString().slice(0, 16);
  const write = async (words: string, isPlanned: boolean): Promise<Written> => {
    const content = { parts: [{ text: `${mark} ${words}`, media: [] }], firstComment: null };
    const when = isPlanned ? ({ kind: 'at', wallTime, zone: 'UTC' } as const) : ({ kind: 'draft' } as const);
    const { post } = await browser.ok(createPost, {
      params, body: { requestKey: randomUUID(), content, targets: [{ accountId, content: null }], labels: [`${mark} label`], when },
    });
    return { postId: post.id, targetId: found(post.targets[0]).id };
  };
  const settle = async (written: Written, state: string): Promise<Written> => {
    await walked.admin(
      `update post_target set state = $2, work_at = null, attempts = 1, reason = $3, published_at = case when $2 = 'published' then now() end where id = $1`,
      [written.targetId, state, `${mark} is why`],
    );
    await walked.admin(
      `insert into post_part (workspace_id, target_id, position, is_comment, key, created_at, text, media, sent_at, external_id, url)
       select workspace_id, id, 0, false, $2, now(), $3, '[]', now(), $3, $3 from post_target where id = $1`,
      [written.targetId, randomUUID(), `${mark}-${randomUUID()}`],
    );
    await walked.admin(
      `insert into publish_attempt (workspace_id, id, target_id, kind, part, fence, started_at, ended_at, outcome, detail)
       select workspace_id, $2, id, 'send', 0, 0, now(), now(), 'refused', $3 from post_target where id = $1`,
      [written.targetId, randomUUID(), `${mark} said so`],
    );
    await walked.admin(
      `insert into account_cost (workspace_id, account_id, target_id, part, attempt_id, micros, at)
       select workspace_id, account_id, id, 0, $2, 15000, now() from post_target where id = $1`, [written.targetId, randomUUID()],
    );
    await walked.admin(
      `insert into post_metric (workspace_id, target_id, at, figures)
       select workspace_id, id, now(), '[{"metric":"likes","value":7,"source":"measured"},{"metric":"views","value":null,"source":"unsupported"}]' from post_target where id = $1`,
      [written.targetId],
    );
    await walked.admin(
      `insert into reading_cost (workspace_id, account_id, target_id, day, micros, at) select workspace_id, account_id, id, current_date, 5000, now() from post_target where id = $1`,
      [written.targetId],
    );
    await walked.admin(`update post_target set metrics_reason = $2 where id = $1`, [written.targetId, `${mark} was not read`]);
    return written;
  };
  await browser.ok(replaceSlots, { params: { ...params, accountId }, body: { slots: [{ weekday: 2, time: '09:00' }, { weekday: 4, time: '17:30' }] } });
  const ask = async (written: Written): Promise<Written> => {
    await browser.ok(askApproval, {
      params: { ...params, postId: written.postId }, body: { version: 1, when: { kind: 'at', wallTime, zone: 'UTC' }, note: `${mark} asks`, allowDuplicate: true },
    });
    return written;
  };
  const removed = await write('removed', false);
  await browser.ok(deletePost, { params: { ...params, postId: removed.postId }, body: { alsoOnNetwork: false } });
  return {
    published: await settle(await write('published', true), 'published'), failed: await settle(await write('failed', true), 'failed'),
    inReview: await settle(await write('in review', true), 'review'), planned: await write('planned', true), draft: await write('draft', false),
    toDelete: await write('to delete', false), asked: await ask(await write('asked', false)), toApprove: await ask(await write('to approve', false)),
    toGiveBack: await ask(await write('to give back', false)), toAsk: await write('to ask', false),
  };
}

/** Two calendar addresses of the owner: one that is read, one that may be ended. */
export async function gatherFeeds(team: Team, mark: string): Promise<{ feedToken: string; spareFeedId: string }> {
  const make = (name: string) => team.people.owner.browser.ok(createCalendarFeed, { params: { workspaceId: team.workspaceId }, body: { name: `${mark} ${name}` } });
  const { url } = await make('phone');
  return { feedToken: found(/\/calendar\/([^/]+)\//.exec(url)?.[1]), spareFeedId: (await make('desk')).feed.id };
}

export interface Reviews {
  readonly commentId: string;
  /** May be ended. */
  readonly spareLinkId: string;
  readonly reviewToken: string;
  /** Of an image that the link shows. */
  readonly imageKey: string;
}

/** A comment and a review link on one post, and a link to another one with an image. */
export async function gatherReviews(team: Team, { mark, postId, mediaId }: { mark: string; postId: string; mediaId: string }): Promise<Reviews> {
  const { browser } = team.people.owner;
  const params = { workspaceId: team.workspaceId, postId };
  const { comment } = await browser.ok(addComment, { params, body: { text: `${mark} says` } });
  const spare = await browser.ok(createReviewLink, { params, body: { label: `${mark} client`, mayDecide: true } });
  const content = { parts: [{ text: `${mark} shown`, media: [{ mediaId, altText: mark }] }], firstComment: null };
  const { post } = await browser.ok(createPost, {
    params, body: { requestKey: randomUUID(), content, targets: [], when: { kind: 'draft' } },
  });
  const { link } = await browser.ok(createReviewLink, { params: { ...params, postId: post.id }, body: { label: `${mark} client`, mayDecide: true } });
  const reviewToken = link.slice(link.indexOf('#') + 1);
  const { review } = await browser.ok(readReview, { body: { token: reviewToken } });
  return { commentId: comment.id, spareLinkId: spare.reviewLink.id, reviewToken, imageKey: found(review.parts[0]?.images[0]).key };
}

/** A file of two posts that the import takes. */
export function postFile(mark: string): Buffer {
  return Buffer.from(`Text,Labels\r\n${mark} from a file,${mark}\r\n${mark} and another,\r\n`);
}
