// Writes openapi.json from the contract. With --check it writes nothing and fails when the committed file differs.
import { readFileSync, writeFileSync } from 'node:fs';
import { allEndpoints } from '@rookery/contract/api.ts';
import { buildOpenApi } from '../server/src/platform/http/openapi.ts';

const root = new URL('../', import.meta.url);
const file = new URL('openapi.json', root);

function readVersion(): string {
  const described: unknown = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  if (typeof described !== 'object' || described === null || !('version' in described)) throw new Error('package.json names no version.');
  return String(described.version);
}

function readCommitted(): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

const text = `${JSON.stringify(buildOpenApi(allEndpoints, readVersion()), null, 2)}\n`;
if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
  console.log(`openapi.json: ${allEndpoints.length} operations`);
} else if (readCommitted() === text) {
  console.log('openapi.json is up to date');
} else {
  console.error('openapi.json differs from the contract: run node tools/write-openapi.ts, review the difference and commit it.');
  process.exitCode = 1;
}
