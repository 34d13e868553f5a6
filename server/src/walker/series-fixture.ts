import { randomUUID } from 'node:crypto';
import { createSeries, pauseSeries } from '@rookery/contract/series.ts';
import type { BodyOf } from '@rookery/contract/endpoint.ts';
import type { Team } from './team-fixture.ts';

type Named = Readonly<{ seriesId: string }>;

export interface SeriesOnStage {
  readonly standing: Named;
  readonly toChange: Named;
  readonly toPause: Named;
  readonly paused: Named;
  readonly toEnd: Named;
}

/** A series that may be created: once a month on one account. */
export function seriesBody(words: string, accountId: string): BodyOf<typeof createSeries> {
  return {
    requestKey: randomUUID(), content: { parts: [{ text: words, media: [] }], firstComment: null }, targets: [{ accountId, content: null }], labels: [words],
    rule: {
      repeat: { kind: 'monthly', dayOfMonth: 1 }, time: '09:00', zone: 'Europe/Berlin', startsOn: new Date().toISOString().slice(0, 10), end: { kind: 'never' },
    },
    allowDuplicate: true,
  };
}

/** Series in the states that people bring them to. */
export async function gatherSeries({ people, workspaceId }: Team, { mark, accountId }: { mark: string; accountId: string }): Promise<SeriesOnStage> {
  const { browser } = people.owner;
  const params = { workspaceId };
  const start = async (words: string): Promise<Named> => ({ seriesId: (await browser.ok(createSeries, { params, body: seriesBody(`${mark} ${words}`, accountId) })).series.id });
  const paused = await start('paused');
  await browser.ok(pauseSeries, { params: { ...params, ...paused }, body: { version: 1 } });
  return { paused, standing: await start('standing'), toChange: await start('to change'), toPause: await start('to pause'), toEnd: await start('to end') };
}
