import { describeProvider } from '../conformance.ts';
import { createInstagramProvider } from './index.ts';
import { startInstagramSimulator } from './simulator.ts';

describeProvider({
  name: 'Instagram',
  create: createInstagramProvider,
  start: startInstagramSimulator,
  renewableAfterMs: 25 * 3600 * 1000,
  publicPathOf: (externalId) => `/${externalId}/media_publish`,
});
