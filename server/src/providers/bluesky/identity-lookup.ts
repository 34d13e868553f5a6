import { resolveTxt } from 'node:dns/promises';
import type { AtprotoDid, HandleResolver } from '@atproto/oauth-client-node';
import type { ProviderEnvironment } from '../provider.ts';

/** Where identities are looked up and whether plain http is let through; tests and the simulator bring their own. */
export interface BlueskyNetwork {
  /** Directory of `did:plc` documents. */
  readonly plcUrl: string;
  /** A server whose `resolveHandle` is asked instead of DNS and `.well-known`. */
  readonly handleServer: string | null;
  readonly isHttpAllowed: boolean;
}

/** The real network, or the simulator playing all of it. */
export function chooseNetwork(simulatorOrigin: string | null): BlueskyNetwork {
  if (simulatorOrigin === null) return { plcUrl: 'https://plc.directory', handleServer: null, isHttpAllowed: false };
  return { plcUrl: simulatorOrigin, handleServer: simulatorOrigin, isHttpAllowed: true };
}

/**
 * Resolves handles as the protocol says: DNS record `_atproto`, else `.well-known/atproto-did`. Ours and not the library's,
 * because that one brings its own connection pool, past the fetch that enforces our rules on addresses.
 */
export function createHandleResolver(environment: ProviderEnvironment): HandleResolver {
  return {
    async resolve(handle, options) {
      const fromDns = await readDns(handle);
      if (fromDns !== null) return fromDns;
      options?.signal?.throwIfAborted();
      return readWellKnown(environment, handle, options?.signal);
    },
  };
}

async function readDns(handle: string): Promise<AtprotoDid | null> {
  try {
    const records = (await resolveTxt(`_atproto.${handle}`)).map((chunks) => chunks.join('')).filter((text) => text.startsWith('did='));
    // Two records that contradict each other name nobody.
    return records.length === 1 ? asDid(records[0]?.slice(4) ?? '') : null;
  } catch {
    return null;
  }
}

async function readWellKnown(environment: ProviderEnvironment, handle: string, signal?: AbortSignal): Promise<AtprotoDid | null> {
  const init: RequestInit = { redirect: 'error', ...(signal === undefined ? {} : { signal }) };
  const response = await environment.fetch(`https://${handle}/.well-known/atproto-did`, init).catch(() => {
    signal?.throwIfAborted();
    return null;
  });
  if (response === null || !response.ok) return null;
  return asDid((await response.text()).split('\n', 1)[0]?.trim() ?? '');
}

/** The type says: begins with did:plc: or did:web:; checked here, and by the library again when it resolves the document. */
function asDid(text: string): AtprotoDid | null {
  return /^did:(plc:[a-z2-7]{24}|web:[A-Za-z0-9.%:-]{3,200})$/.test(text) ? (text as AtprotoDid) : null;
}
