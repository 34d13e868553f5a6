import { createXProvider } from '../../server/src/providers/x/index.ts';
import type { Provider, ProviderEnvironment } from '../../server/src/providers/provider.ts';
import type { Providers } from '../../server/src/providers/registry.ts';

/** The network that can neither be told twice nor be asked: whatever is in doubt there, a person has to decide. */
export const onceNetwork = 'once';

/** X's wire format against a simulator of its own, with all taken away that could tell what became of a send. */
export function createOnceProvider(environment: ProviderEnvironment): Provider {
  const base = createXProvider(environment);
  const { publishing } = base.manifest;
  if (publishing === null) throw new Error('there is nothing to publish with');
  return {
    ...base,
    manifest: { ...base.manifest, id: onceNetwork, name: 'Once', publishing: { ...publishing, policy: 'once' } },
    checkPublication: () => Promise.reject(new Error('This network cannot be asked, and was.')),
  };
}

export function withOnce(providers: Providers, once: Provider): Providers {
  return { list: () => [...providers.list(), once], get: (id) => (id === onceNetwork ? once : providers.get(id)) };
}
