import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawing } from '../../server/src/platform/images/hostile-fixture.ts';
import { judgeScreen, openStage, skipReason } from './stage.ts';

const photo = (width: number, height: number): Promise<Buffer> => drawing(width, height).jpeg().toBuffer();

test('the library: images are added, refused in words, found, described, reshaped and deleted, by keyboard too', { skip: skipReason, timeout: 240_000 }, async () => {
  await using stage = await openStage();
  const { page } = stage;
  await page.getByRole('link', { name: 'Media' }).first().click();
  await page.getByText('No images yet.').waitFor();
  await judgeScreen(page, 'the empty library');
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByLabel('Images from this device').first().setInputFiles([
    { name: 'heron.jpg', mimeType: 'image/jpeg', buffer: await photo(900, 600) },
    { name: 'reed.jpg', mimeType: 'image/jpeg', buffer: await photo(300, 900) },
    { name: 'not.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('<script>alert(1)</script>') },
  ]);
  await page.getByText('This is no image that can be used here').waitFor();
  await page.getByRole('link', { name: /reed\.jpg/ }).waitFor();
  await judgeScreen(page, 'the library with a refused file');
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole('button', { name: 'Dismiss' }).click();

  // Arrows move among the tiles, Enter opens one.
  await page.getByRole('link', { name: /reed\.jpg/ }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  const panel = page.getByRole('dialog', { name: 'heron.jpg', exact: true });
  await panel.getByText('900 × 600 px').waitFor();
  await panel.getByText('No post shows it.').waitFor();
  await panel.getByLabel('Description').fill('A heron in the reeds');
  await panel.getByRole('button', { name: 'Save description' }).click();
  await page.getByText('Saved').waitFor();
  await judgeScreen(page, 'an image of the library');
  await page.setViewportSize({ width: 1440, height: 900 });
  await panel.getByRole('button', { name: 'Copy in another shape…' }).click();
  await page.getByRole('menuitem', { name: 'Crop to 1:1, square' }).click();
  const made = page.getByRole('dialog', { name: 'heron (1:1).jpg', exact: true });
  await made.getByText('600 × 600 px').waitFor();
  await made.getByRole('button', { name: 'Delete…' }).click();
  await page.getByRole('dialog', { name: 'Delete heron (1:1).jpg?' }).getByRole('button', { name: 'Delete', exact: true }).click();
  await made.waitFor({ state: 'detached' });

  await page.getByRole('searchbox').or(page.getByLabel('Search images by name or description')).first().fill('in the reeds');
  await page.getByRole('link', { name: /reed\.jpg/ }).waitFor({ state: 'detached' });
  assert.equal(await page.getByRole('list', { name: 'Images' }).getByRole('link').count(), 1);
  assert.match(page.url(), /q=in/);
  assert.deepEqual(stage.complaints.filter((line) => !/415/.test(line)), []);
});
