import { describeProvider } from '../conformance.ts';
import { createMastodonProvider } from './index.ts';
import { startMastodonSimulator } from './simulator.ts';

describeProvider({
  name: 'Mastodon',
  create: createMastodonProvider,
  start: startMastodonSimulator,
  addressOf: ({ origin }) => origin,
  worldIdOf: (externalId) => externalId.split('@')[0] ?? '',
  publicPathOf: () => '/api/v1/statuses',
});
