import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../platform/clock.ts';
import { ProviderError, type ProviderCall, type PublishImage, type PublishProgress, type PublishRequest, type PublishVideo } from './provider.ts';

/** The value under which `saveStep` keeps an id that the network forgets after a while. */
export function stepOf(id: string, clock: Clock): string {
  return `${id} ${clock.now().getTime()}`;
}

/** The id that an earlier attempt has saved, unless it is older than the network keeps it. */
export function freshStep(request: PublishRequest, name: string, options: { clock: Clock; lifeHours: number }): string | null {
  const saved = /^(.*) (\d+)$/s.exec(request.steps[name] ?? '');
  const age = options.clock.now().getTime() - Number(saved?.[2]);
  return saved?.[1] !== undefined && age < options.lifeHours * 3_600_000 ? saved[1] : null;
}

/** Waits between two looks at something that a network prepares. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch {
    throw new ProviderError('retryable', 'The preparation of this post was stopped.');
  }
}

/** Refuses at once, in words that help, what the network would refuse: the account was connected before it was asked for this. */
export function requireScopes(call: ProviderCall, network: string, scopes: readonly string[]): void {
  const { scopes: granted } = call.tokens;
  const isGranted = (scope: string): boolean => granted.includes(scope) || granted.includes(scope.split(':')[0] ?? '');
  if (granted.length === 0 || scopes.every(isGranted)) return;
  throw new ProviderError('rejected', `This ${network} account was connected without the permission for this. Connect it again.`);
}

/** The file of an image. */
export async function readImage(image: PublishImage): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await image.read();
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    throw new ProviderError('retryable', 'An image of this post could not be read.');
  }
}

/** Bytes of a video, from the first to the last. */
export async function openVideo(video: PublishVideo, range?: { first: number; last: number }): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  try {
    return await video.open(range);
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    throw new ProviderError('retryable', 'The video of this post could not be read.');
  }
}

/** A piece of a video that fits in memory. */
export async function readPiece(video: PublishVideo, first: number, last: number): Promise<Uint8Array<ArrayBuffer>> {
  const stream = await openVideo(video, { first, last });
  try {
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new ProviderError('retryable', 'The video of this post could not be read.');
  }
}

/** Forgets a kept upload that the network has spoilt: the next attempt makes a new one. What is still in the works is kept. */
export async function orForget<Result>(progress: PublishProgress, step: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProviderError && error.kind === 'rejected') await progress.saveStep(step, '');
    throw error;
  }
}
