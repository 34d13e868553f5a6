import { isTest, resolveImport, type Project } from './project.ts';
import type { Problem, SourceFile } from './source-file.ts';

/**
 * The server's features in reading order: each may use the index.ts of those before it. What must go the other way is an event.
 * `context.ts` beside them is what all of them share.
 */
export const features = [
  'audit', 'auth', 'workspaces', 'accounts', 'audience', 'imports', 'media', 'slots', 'snippets', 'posts', 'assistant', 'automations', 'dashboard',
  'privacy', 'status', 'demo',
] as const;

type Side = 'contract' | 'server' | 'web';

interface Place {
  readonly side: Side;
  readonly layer: string;
}

/** Lowest first: a file imports from its own layer and from those below. */
const layersOf: Readonly<Record<Side, readonly string[]>> = {
  contract: ['contract'],
  server: ['contract', 'platform', 'providers', 'features', 'app'],
  web: ['contract', 'platform', 'ui', 'features', 'router'],
};

/** Rules 1 and 2: imports go down, and features are ordered. */
export function checkLayers({ sources }: Project): Problem[] {
  return sources.flatMap((file) => [...checkPlace(file), ...file.imports.flatMap(({ specifier, line }) => checkImport(file, specifier, line))]);
}

function checkPlace({ path }: SourceFile): Problem[] {
  if (isTest(path)) return [];
  const feature = featureOf(path);
  if (feature === null || isKnown(feature)) return [];
  return [{ file: path, line: 1, rule: 'feature-order', message: `"${feature}" is not in the list of features: add it in tools/architecture/layers.ts, in its place` }];
}

function checkImport({ path }: SourceFile, specifier: string, line: number): Problem[] {
  const from = placeOf(path);
  const target = resolveImport(path, specifier);
  if (from === null || target === null) return [];
  const to = placeOf(target);
  const problem = (rule: string, message: string): Problem[] => [{ file: path, line, rule, message }];
  if (to === null) return problem('layers', `${target} is outside the source folders: only tools, tests and bench may import it`);
  if (isTest(target) && !isTest(path)) return problem('layers', `${target} serves tests only`);
  const layers = layersOf[from.side];
  const isReachable = to.side === from.side || to.side === 'contract';
  if (!isReachable) return problem('layers', `${from.side} cannot import from ${to.side}: what both need belongs in contract`);
  // Test machinery builds whole contexts, so it may reach up; nothing but tests may reach it.
  if (!isTest(path) && layers.indexOf(to.layer) > layers.indexOf(from.layer)) {
    return problem('layers', `${from.layer} cannot import from ${to.layer}: imports go down (${layers.toReversed().join(' -> ')})`);
  }
  return isTest(path) ? [] : checkFeatureImport(path, target, problem);
}

function checkFeatureImport(path: string, target: string, problem: (rule: string, message: string) => Problem[]): Problem[] {
  const from = featureOf(path);
  const to = featureOf(target);
  if (to === null || from === to || !path.startsWith('server/') || !isKnown(to)) return [];
  if (from === null) {
    return placeOf(path)?.layer === 'features' ? problem('feature-order', `what all features share cannot depend on one of them (${to})`) : [];
  }
  if (!target.endsWith(`/features/${to}/index.ts`)) return problem('feature-order', `of another feature only its index.ts may be imported, not ${target}`);
  if (isKnown(from) && features.indexOf(to) > features.indexOf(from)) {
    return problem('feature-order', `${from} comes before ${to} in the list of features, so it cannot import it: make it an event, handled as a job`);
  }
  return [];
}

function isKnown(feature: string): feature is (typeof features)[number] {
  return features.some((known) => known === feature);
}

/** The server's feature that a file belongs to. */
export function featureOf(path: string): string | null {
  return /^server\/src\/features\/([^/]+)\//.exec(path)?.[1] ?? null;
}

function placeOf(path: string): Place | null {
  if (path.startsWith('contract/src/')) return { side: 'contract', layer: 'contract' };
  const match = /^(server|web)\/src\/(?:([^/]+)\/)?/.exec(path);
  if (match === null) return null;
  const side = match[1] === 'web' ? 'web' : 'server';
  return { side, layer: layerOf(side, match[2]) };
}

function layerOf(side: 'server' | 'web', folder: string | undefined): string {
  if (folder === 'features' || folder === 'platform') return folder;
  if (side === 'server') return folder === 'providers' ? 'providers' : 'app';
  if (folder === 'ui') return 'ui';
  return folder === 'styles' ? 'platform' : 'router';
}
