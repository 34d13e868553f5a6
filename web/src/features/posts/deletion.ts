import type { Network } from '@rookery/contract/networks.ts';
import type { Post, Target } from '@rookery/contract/posts.ts';

type Deletes = Pick<Network, 'id' | 'publishing'>;

function namesOf(targets: readonly Target[]): string {
  return [...new Set(targets.map(({ networkName }) => networkName))].join(' and ');
}

/** What deleting a post will do, in sentences, and the networks on which it can be deleted too. */
export function describeDeletion(post: Post, networks: readonly Deletes[]): { sentences: string[]; removable: string[] } {
  const waits = post.targets.filter(({ state }) => state === 'draft' || state === 'scheduled' || state === 'failed');
  const onItsWay = post.targets.filter(({ state }) => state === 'sending' || state === 'unknown' || state === 'review');
  const isOut = post.targets.filter(({ state, partsPublished }) => state === 'published' || (partsPublished > 0 && state !== 'deleted'));
  const canDelete = (target: Target): boolean => networks.find(({ id }) => id === target.network)?.publishing?.deletes === true;
  const kept = isOut.filter((target) => !canDelete(target));
  const removable = [...new Set(isOut.filter(canDelete).map(({ networkName }) => networkName))];
  const sentences: string[] = [];
  if (post.targets.length === 0 || (waits.length > 0 && post.dueAt === null)) sentences.push('The draft and its text will be gone.');
  else if (waits.length > 0) sentences.push(`It has not gone out to ${namesOf(waits)}, and will not.`);
  if (onItsWay.length > 0) sentences.push(`It is on its way to ${namesOf(onItsWay)}: if it can still be stopped it will be, else it is deleted there afterwards where that is possible.`);
  if (kept.length > 0) sentences.push(`It stays on ${namesOf(kept)}: posts there can only be deleted in the network itself.`);
  return { sentences, removable };
}
