import { ProviderError, type Manifest, type Provider } from '../provider.ts';
import { exportGuide } from './export-guide.ts';

const manifest: Manifest = {
  id: 'threads',
  name: 'Threads',
  authKind: 'import-only',
  capabilities: ['import'],
  scopes: [],
  limitation: 'Threads tells apps no follower names. Download your data from Threads and upload it here to see who came and who left.',
  appPassword: null,
  asksFor: null,
  exportGuide,
  settings: [],
  followers: null,
  publishing: null,
  postMetrics: null,
  refreshAheadSeconds: 0,
};

/** Threads by data export alone: there is nothing to connect to. */
export function createThreadsProvider(): Provider {
  const refuse = (): Promise<never> => Promise.reject(new ProviderError('notSupported', 'Threads cannot be connected. Upload its data export instead.'));
  return { manifest, startConsent: refuse, finishConsent: refuse, readProfile: refuse };
}
