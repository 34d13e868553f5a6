import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Open, Poster } from './conformance-publishing.ts';
import { ProviderError, type PublishRequest } from './provider.ts';

/** A post with one video and no image. */
function writeWithVideo(poster: Poster): PublishRequest {
  return poster.write({ images: [], video: poster.video() });
}

function kindOf(failure: unknown): string {
  assert.ok(failure instanceof ProviderError, String(failure));
  return failure.kind;
}

/** How many uploads the network has been asked to begin. */
function uploadsOf({ stage }: Poster): number {
  const counts = stage.simulator.counts();
  return Object.entries(counts).filter(([name]) => /media\.initialize|media\.upload|uploadBlob|createMedia|\.media$/.test(name)).reduce((sum, [, count]) => sum + count, 0);
}

/** What every network that takes videos must do: publish each once, and never upload anew what it still has. */
export function testVideos(open: Open): void {
  test('a post with a video goes out once, with the video, and is found', async () => {
    const poster = await open();
    const request = writeWithVideo(poster);
    const publication = await poster.publish(request);
    assert.deepEqual(poster.out(request).map(({ id, images }) => [id, images.length]), [[publication.externalId, 1]]);
    poster.waitUntilVisible();
    assert.equal((await poster.look(request)).state, 'published');
  });

  test('what was uploaded by an earlier attempt is used again', async () => {
    const poster = await open();
    const request = writeWithVideo(poster);
    poster.stage.simulator.faults.dropNext(1, poster.publicPath);
    await assert.rejects(poster.publish(request));
    const before = uploadsOf(poster);
    await poster.publish({ ...request, video: poster.video({ mediaId: request.video?.mediaId ?? '', open: () => Promise.reject(new Error('read again')) }) });
    assert.equal(uploadsOf(poster), before);
    assert.equal(poster.out(request).length, 1);
  });

  test('a file that cannot be read to its end leaves nothing public, and the next attempt publishes once', async () => {
    const poster = await open();
    const request = writeWithVideo(poster);
    const broken = poster.video({
      publicUrl: () => Promise.reject(new ProviderError('retryable', 'away')),
      open: () => Promise.resolve(ReadableStream.from(cut())),
    });
    assert.equal(kindOf(await poster.publish({ ...request, video: broken }).catch((error: unknown) => error)), 'retryable');
    assert.equal(poster.out(request).length, 0);
    await poster.publish(request);
    assert.equal(poster.out(request).length, 1);
  });
}

async function* cut(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield await Promise.resolve(new Uint8Array(100_000));
  throw new Error('the store is away');
}
