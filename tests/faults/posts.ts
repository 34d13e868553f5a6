import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Content } from '@rookery/contract/posts.ts';
import { writePost } from '../../server/src/features/posts/service.ts';
import type { FaultPlan } from './plan.ts';
import { patiently, type FaultScene } from './scene.ts';

/** So many destinations may wait before more is written: what is late then is late because of the faults. */
const waitingMax = 30;

/** Writes the posts of the plan one by one, to go out at once. A write that fails is repeated with its key and makes no second post. */
export async function writePosts(scene: FaultScene, plan: FaultPlan): Promise<void> {
  for (let n = 0; n < plan.posts; n += 1) {
    while ((await countOpen(scene)) > waitingMax) await sleep(200);
    const requestKey = randomUUID();
    const targets = scene.networks.map((network) => {
      const accounts = scene.accounts.get(network) ?? [];
      return { accountId: accounts[n % accounts.length]?.id ?? '', content: network === 'instagram' ? photoOf(scene, plan, n) : null };
    });
    await patiently(() => writePost(scene.owner, { requestKey, content: contentOf(scene, plan, n), targets, when: { kind: 'now' }, allowDuplicate: true }));
  }
}

const isThread = (n: number): boolean => n % 6 === 5;
const hasImage = (n: number): boolean => n % 8 === 1;
const textOf = (plan: FaultPlan, n: number, part: string): string => `Post ${plan.seed}-${n}, ${part}: a heron stood at the weir`;

/** Every sixth one is a thread of three, every eighth one shows an image; each text occurs once. */
function contentOf({ imageId }: FaultScene, plan: FaultPlan, n: number): Content {
  const media = hasImage(n) ? [{ mediaId: imageId, altText: 'A heron' }] : [];
  return {
    parts: Array.from({ length: isThread(n) ? 3 : 1 }, (_, part) => ({ text: textOf(plan, n, `part ${part + 1}`), media: part === 0 ? media : [] })),
    firstComment: null,
  };
}

/** For networks that take one image at a time, and comments. */
function photoOf({ imageId }: FaultScene, plan: FaultPlan, n: number): Content {
  return {
    parts: [{ text: textOf(plan, n, 'photo'), media: [{ mediaId: imageId, altText: 'A heron' }] }],
    firstComment: isThread(n) ? textOf(plan, n, 'comment') : null,
  };
}

const ended = `('published', 'failed', 'review')`;

/** Destinations that have not come to an end. */
export async function countOpen(scene: Pick<FaultScene, 'ask'>): Promise<number> {
  const [row] = await scene.ask(`select count(*)::int as count from post_target where state not in ${ended}`);
  return Number(row?.['count']);
}

/** The networks that have such destinations left. */
export async function listOpenNetworks(scene: Pick<FaultScene, 'ask'>): Promise<ReadonlySet<string>> {
  const rows = await scene.ask(`select distinct a.network from post_target t join account a on a.id = t.account_id where t.state not in ${ended}`);
  return new Set(rows.map((row) => String(row['network'])));
}
