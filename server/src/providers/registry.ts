import { createBlueskyProvider } from './bluesky/index.ts';
import { createInstagramProvider } from './instagram/index.ts';
import { checkProvider } from './manifest-check.ts';
import { createMastodonProvider } from './mastodon/index.ts';
import type { Manifest, Provider, ProviderEnvironment } from './provider.ts';
import { createThreadsProvider } from './threads/index.ts';
import { createXProvider } from './x/index.ts';

/** The only list of networks, in the order people see them. */
const factories = {
  instagram: createInstagramProvider,
  x: createXProvider,
  bluesky: createBlueskyProvider,
  mastodon: createMastodonProvider,
  threads: createThreadsProvider,
} as const satisfies Record<string, (environment: ProviderEnvironment) => Provider>;

export interface Providers {
  list(): readonly Provider[];
  get(id: string): Provider | null;
}

/** Builds every network; `environmentOf` is asked once per network id. Throws when one does not do what it declares. */
export function createProviders(environmentOf: (id: string) => ProviderEnvironment): Providers {
  const providers = new Map<string, Provider>();
  for (const [id, create] of Object.entries(factories)) {
    const provider = create(environmentOf(id));
    const faults = checkProvider(provider);
    if (provider.manifest.id !== id) faults.push(`is listed as "${id}"`);
    if (faults.length > 0) throw new Error(`Network "${provider.manifest.id}" contradicts its manifest: ${faults.join('; ')}.`);
    providers.set(id, provider);
  }
  const all = [...providers.values()];
  return { list: () => all, get: (id) => providers.get(id) ?? null };
}

/** A switch that is off counts as not set. */
export function isUnset(value: string | undefined): boolean {
  return value === undefined || value.trim() === '' || value.trim() === 'off';
}

/** Settings that an operator still has to give before the real network can be used. */
export function missingSettings(
  manifest: Manifest, environment: Pick<ProviderEnvironment, 'settings' | 'simulatorOrigin'>,
): readonly string[] {
  return environment.simulatorOrigin === null ? manifest.settings.filter((name) => isUnset(environment.settings[name])) : [];
}
