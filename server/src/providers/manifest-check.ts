import type { Capability } from '@rookery/contract/networks.ts';
import type { Provider } from './provider.ts';

const optionalFunctions = [
  ['refresh', 'refresh'],
  ['revoke', 'revoke'],
  ['readMetrics', 'metrics'],
  ['listFollowers', 'followers'],
  ['lookUpPerson', 'follower-status'],
  ['publish', 'publish'],
  ['checkPublication', 'publish'],
  ['deletePublication', 'delete-post'],
  ['readPostMetrics', 'post-metrics'],
] as const satisfies (readonly [keyof Provider, Capability])[];

/** What a provider has but does not declare, or declares but does not have; empty when all is well. */
export function checkProvider(provider: Provider): string[] {
  const { manifest } = provider;
  const faults: string[] = [];
  const demand = (isRight: boolean, fault: string): void => {
    if (!isRight) faults.push(fault);
  };
  for (const [name, capability] of optionalFunctions) {
    const isDeclared = manifest.capabilities.includes(capability);
    const fault = isDeclared ? `declares ${capability} without ${name}` : `has ${name} without ${capability}`;
    demand((provider[name] !== undefined) === isDeclared, fault);
  }
  demand((provider.connectWithPassword !== undefined) === (manifest.appPassword !== null), 'appPassword and connectWithPassword disagree');
  demand((manifest.followers !== null) === manifest.capabilities.includes('followers'), 'followers settings and capability disagree');
  demand((manifest.exportGuide !== null) === manifest.capabilities.includes('import'), 'exportGuide and import disagree');
  demand(manifest.capabilities.includes('profile') === (manifest.authKind !== 'import-only'), 'profile and authKind disagree');
  demand(manifest.followers !== null || manifest.limitation !== null, 'has no follower list and does not say what to do instead');
  demand((manifest.publishing !== null) === manifest.capabilities.includes('publish'), 'publishing settings and capability disagree');
  demand((manifest.publishing?.deletes ?? false) === manifest.capabilities.includes('delete-post'), 'publishing.deletes and delete-post disagree');
  demand((manifest.postMetrics !== null) === manifest.capabilities.includes('post-metrics'), 'postMetrics and post-metrics disagree');
  demand(new Set(manifest.capabilities).size === manifest.capabilities.length, 'declares a capability twice');
  return faults;
}
