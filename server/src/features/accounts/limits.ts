import { videoBytesMax } from '@rookery/contract/media.ts';
import { partTextLengthMax } from '@rookery/contract/posts.ts';
import { ProviderError, type PublishLimits } from '../../providers/provider.ts';
import type { WorkspaceContext } from '../context.ts';
import { callNetwork } from './grants.ts';
import { savePublishLimits } from './queries.ts';

/** What we can carry ourselves, and what a server may say without being taken for broken. */
const bounds: Readonly<Record<keyof PublishLimits, readonly [min: number, max: number]>> = {
  textLengthMax: [1, partTextLengthMax], linkLength: [1, 1000], imagesMax: [0, 20], postsPerDay: [1, 100_000],
  videoBytesMax: [0, videoBytesMax], videoFrameRateMax: [1, 1000],
};

/**
 * Asks the account's own server what a post may be there, and keeps the answer. Without an answer the one before stays, with its
 * age. No permission: part of connecting and of the sync. No audit: a reading, like any other figure.
 */
export async function refreshPublishLimits(ctx: WorkspaceContext, account: { readonly id: string; readonly network: string }, signal: AbortSignal): Promise<void> {
  if (ctx.providers.get(account.network)?.readPublishLimits === undefined) return;
  try {
    const limits = await callNetwork(ctx, account.id, async (provider, call) => (await provider.readPublishLimits?.(call)) ?? {}, signal);
    await ctx.transaction((db) => db.run(savePublishLimits, [ctx.workspace.id, account.id, bound(limits), ctx.clock.now()]));
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    ctx.log.info({ workspaceId: ctx.workspace.id, accountId: account.id, kind: error.kind }, 'the limits of an account could not be read');
  }
}

function bound(limits: PublishLimits): PublishLimits {
  return Object.fromEntries(Object.entries(bounds).flatMap(([name, [min, max]]) => {
    const value = limits[nameOf(name)];
    return value === undefined ? [] : [[name, Math.min(max, Math.max(min, value))]];
  }));
}

// Guarantee: called with the keys of `bounds` alone, which its type ties to those of PublishLimits.
function nameOf(name: string): keyof PublishLimits {
  return name as keyof PublishLimits;
}
