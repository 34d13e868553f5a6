import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import type { ImageRule } from '@rookery/contract/publishing.ts';
import sharp from 'sharp';
import { AppError } from '../../platform/errors.ts';
import { ProviderError } from '../../providers/provider.ts';
import { openPublicForm } from './files.ts';
import { createMediaHarness } from './media-fixture.ts';
import { publicAddress, readToken } from './public-address.ts';
import { loadPublishImages } from './publish-images.ts';
import { deleteImage } from './service.ts';

const { owner, stranger, worker, services, clock, database, send, sendPhoto } = await createMediaHarness();
const rule: ImageRule = { countMax: 4, isRequired: false, types: ['image/jpeg'], bytesMax: 1_000_000, ratioMin: null, ratioMax: null, altTextLengthMax: 1000 };
const refused = (code: string) => (error: unknown): boolean => error instanceof AppError && error.code === code;
const tokenOf = (address: string): string => address.slice(address.lastIndexOf('/') + 1);

async function formsOf(mediaId: string): Promise<unknown[]> {
  return (await database.admin(`select form from media_form where media_id = $1 and form like 'fit-%'`, [mediaId])).map((row) => row['form']);
}

test('a job gets each image in a form that the network takes, in order, with its own description', async () => {
  const photo = await sendPhoto();
  const glass = await send(owner, await sharp({ create: { width: 90, height: 60, channels: 4, background: { r: 0, g: 0, b: 255, alpha: 0.5 } } }).png().toBuffer());
  const images = await loadPublishImages(worker, [{ mediaId: glass.id, altText: 'glass' }, { mediaId: photo.id, altText: 'photo' }], rule);
  assert.deepEqual(images.map(({ mediaId, altText, type, width, height }) => [mediaId, altText, type, width, height]), [
    [glass.id, 'glass', 'image/jpeg', 90, 60], [photo.id, 'photo', 'image/jpeg', 200, 150],
  ]);
  for (const image of images) {
    const bytes = await image.read();
    assert.deepEqual([bytes.length, (await sharp(bytes).metadata()).format], [image.bytes, 'jpeg']);
  }
});

test('a form is made once, and a rule that the image fits needs none', async () => {
  const glass = await send(owner, await sharp({ create: { width: 90, height: 60, channels: 4, background: { r: 0, g: 255, b: 0, alpha: 0.5 } } }).png().toBuffer());
  const chosen = [{ mediaId: glass.id, altText: '' }];
  const load = async (given: ImageRule): Promise<Buffer[]> => Promise.all((await loadPublishImages(worker, chosen, given)).map(async (image) => Buffer.from(await image.read())));
  const [first, second] = await Promise.all([load(rule), load(rule)]);
  assert.deepEqual(first, second);
  assert.equal((await formsOf(glass.id)).length, 1);
  await load({ ...rule, types: ['image/png', 'image/jpeg'] });
  assert.equal((await formsOf(glass.id)).length, 1);
  await load({ ...rule, types: ['image/webp'] });
  assert.equal((await formsOf(glass.id)).length, 2);
});

test('an image of a shape that the network refuses, of another workspace, or deleted, is refused in words', async () => {
  const photo = await sendPhoto(300, 100);
  const chosen = [{ mediaId: photo.id, altText: '' }];
  const rejected = (words: RegExp) => (error: unknown): boolean => error instanceof ProviderError && error.kind === 'rejected' && words.test(error.message);
  await assert.rejects(loadPublishImages(worker, chosen, { ...rule, ratioMin: 0.8, ratioMax: 1.91 }), rejected(/is 3:1, and the network takes 4:5 to 1.91:1/));
  await assert.rejects(loadPublishImages(worker, chosen, { ...rule, types: ['image/png'], bytesMax: 10 }), rejected(/small enough/));
  await assert.rejects(loadPublishImages(stranger, chosen, rule), rejected(/deleted from the library/));
  await deleteImage(owner, photo.id);
  await assert.rejects(loadPublishImages(worker, chosen, rule), rejected(/deleted from the library/));
});

test('a public address works for an hour without a session, for the one form of the one image', async () => {
  const photo = await sendPhoto();
  const [image] = await loadPublishImages(worker, [{ mediaId: photo.id, altText: '' }], rule);
  assert.ok(image !== undefined);
  const address = await image.publicUrl();
  assert.match(address, /^http:\/\/127\.0\.0\.1:8390\/api\/media-public\/[A-Za-z0-9_-]+$/);
  const reply = await openPublicForm(services, tokenOf(address));
  assert.deepEqual([reply.type, reply.isImmutable, Buffer.from(await buffer(reply.stream)).equals(Buffer.from(await image.read()))], ['image/jpeg', false, true]);
  clock.advance(3_599_000);
  (await openPublicForm(services, tokenOf(address))).stream.destroy();
  clock.advance(1000);
  await assert.rejects(openPublicForm(services, tokenOf(address)), refused('not-found'));
});

test('a bent, foreign or made-up address is as unknown as one that never was', async () => {
  const photo = await sendPhoto();
  const grant = { workspaceId: owner.workspace.id, mediaId: photo.id, form: 'file' };
  const token = tokenOf(publicAddress(services, grant));
  assert.deepEqual(readToken(services, token), grant);
  const bytes = Buffer.from(token, 'base64url');
  for (let index = 0; index < bytes.length; index += 1) {
    const bent = Buffer.from(bytes);
    bent.writeUInt8((bent[index] ?? 0) ^ 1, index);
    assert.equal(readToken(services, bent.toString('base64url')), null, `byte ${index}`);
  }
  for (const text of ['', 'x', token.slice(0, -4), token.slice(0, 20), 'A'.repeat(120), '%00', '../..']) await assert.rejects(openPublicForm(services, text), refused('not-found'), text);
  assert.equal(readToken({ ...services, secretKey: 'another installation' }, token), null);
  // Signed by us, but the image is not of that workspace, or has no such form.
  for (const other of [{ ...grant, workspaceId: stranger.workspace.id }, { ...grant, form: 'fit-none' }]) {
    await assert.rejects(openPublicForm(services, tokenOf(publicAddress(services, other))), refused('not-found'));
  }
});

test('an address of an image that was deleted leads nowhere', async () => {
  const photo = await sendPhoto();
  const token = tokenOf(publicAddress(services, { workspaceId: owner.workspace.id, mediaId: photo.id, form: 'file' }));
  await deleteImage(owner, photo.id);
  await assert.rejects(openPublicForm(services, token), refused('not-found'));
});
