import type { Clock } from '../../platform/clock.ts';
import { InvalidTokenError } from '../../platform/crypto/fernet.ts';
import type { Keyring } from '../../platform/crypto/keyring.ts';
import type { Database } from '../../platform/db/database.ts';
import type { ProviderMemory } from '../../providers/provider.ts';
import { readMemory, writeMemory } from './queries.ts';

/** What a network's provider keeps for the whole installation, encrypted in the database. */
export function createProviderMemory(network: string, parts: { database: Database; keyring: Keyring; clock: Clock }): ProviderMemory {
  const { database, keyring, clock } = parts;
  const keyOf = (key: string): string => `${network}|${key}`;
  return {
    get: async (key) => {
      const row = await database.withScope({}, (db) => db.maybe(readMemory, [keyOf(key)]));
      return row === null ? null : openOrForget(keyring, row.value_enc);
    },
    set: async (key, value) => {
      const sealed = keyring.seal(value);
      await database.withScope({}, (db) => db.run(writeMemory, [keyOf(key), sealed.token, sealed.keyId, clock.now()]));
    },
  };
}

// A registration under a lost key is worth nothing: the provider makes a new one.
function openOrForget(keyring: Keyring, token: string): string | null {
  try {
    return keyring.open(token);
  } catch (error) {
    if (error instanceof InvalidTokenError) return null;
    throw error;
  }
}
