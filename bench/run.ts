// `npm run bench -- NAME` runs bench/NAME.ts; without a name it lists what there is.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const name = process.argv[2];
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -'.ts'.length));
const path = join(import.meta.dirname, `${name ?? ''}.ts`);
if (name === undefined || !names.includes(name) || !existsSync(path)) {
  console.log(`Usage: npm run bench -- NAME, where NAME is one of: ${names.join(', ')}`);
  process.exitCode = 1;
} else {
  await import(path);
}
