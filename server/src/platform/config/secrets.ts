import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateFernetKey } from '../crypto/fernet.ts';
import type { Config } from './config.ts';

/** Keys of this instance. */
export interface Secrets {
  readonly encryptionKeys: readonly string[];
  readonly secretKey: string;
}

/** Takes the keys from the configuration; those not set are made on first start and kept in the data folder, mode 0600. */
export async function loadSecrets(config: Config): Promise<Secrets> {
  const encryptionKeys = config.encryptionKeys.length > 0 ? config.encryptionKeys : [await keepSecret(config, 'encryption.key', generateFernetKey)];
  const secretKey = config.secretKey ?? (await keepSecret(config, 'secret.key', () => randomBytes(48).toString('base64url')));
  return { encryptionKeys, secretKey };
}

async function keepSecret(config: Config, name: string, make: () => string): Promise<string> {
  const directory = join(config.dataDirectory, 'keys');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  const path = join(directory, name);
  try {
    // Exclusive: two processes starting at once agree on one key.
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(`${make()}\n`);
    await file.sync();
    await file.close();
  } catch (error) {
    if (!isExisting(error)) throw error;
  }
  const value = (await readFile(path, 'utf8')).trim();
  if (value === '') throw new Error(`${path} is empty: restore it from your backup of the keys`);
  return value;
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}
