import { describeProvider } from '../conformance.ts';
import { createBlueskyProvider } from './index.ts';
import { simulatorAppPassword, startBlueskySimulator } from './simulator.ts';

describeProvider({
  name: 'Bluesky',
  create: createBlueskyProvider,
  start: startBlueskySimulator,
  addressOf: ({ world }) => world.accounts[0]?.handle ?? '',
  publicPathOf: () => '/xrpc/com.atproto.repo.putRecord',
  appPassword: ({ world }) => ({ handle: world.accounts[0]?.handle ?? '', password: simulatorAppPassword }),
});
