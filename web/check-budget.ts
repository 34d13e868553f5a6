// Reads the build and says, per screen, how much has to travel before it is useful (gzip, 1,024 bytes). Exits 1 over budget.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

type Manifest = Readonly<Record<string, Chunk>>;

const dist = join(import.meta.dirname, 'dist');
const entry = 'index.html';
const shell = 'src/features/shell/shell.tsx';

/** What is needed for each screen's first useful paint, and how much that may be. */
const screens = [
  { name: 'sign in', chunks: [entry, 'src/features/auth/sign-in.tsx'], maxKb: 130 },
  { name: 'shell + dashboard', chunks: [entry, shell, 'src/features/dashboard/dashboard.tsx'], maxKb: 180 },
] as const;
const routeMaxKb = 45;
/** Where people write has more in it than a screen to look at. */
const composerMaxKb = 60;
const allMaxKb = 420;
const cssMaxKb = 20;

// Guarantee: Vite writes this file with the build, in this form.
function readManifest(): Manifest {
  return JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8')) as Manifest;
}

const manifest = readManifest();

function sizeKb(file: string): number {
  return gzipSync(readFileSync(join(dist, file)), { level: 9 }).length / 1024;
}

function withImports(keys: readonly string[], found: Set<string> = new Set()): Set<string> {
  for (const key of keys) {
    if (found.has(key)) continue;
    const chunk = manifest[key];
    if (chunk === undefined) throw new Error(`The build has no ${key}: it moved, so change check-budget.ts`);
    found.add(key);
    withImports(chunk.imports ?? [], found);
  }
  return found;
}

function sumKb(keys: Iterable<string>): number {
  const files = new Set([...keys].map((key) => manifest[key]?.file ?? '').filter((file) => file.endsWith('.js')));
  return [...files].reduce((total, file) => total + sizeKb(file), 0);
}

let isOver = false;
function report(name: string, kb: number, maxKb: number): void {
  isOver ||= kb > maxKb;
  process.stdout.write(`${kb > maxKb ? 'OVER' : 'ok  '} ${name.padEnd(44)} ${kb.toFixed(1).padStart(7)} of ${maxKb} kB\n`);
}

for (const screen of screens) report(screen.name, sumKb(withImports(screen.chunks)), screen.maxKb);
const base = withImports([entry, shell]);
for (const key of Object.keys(manifest).filter((name) => /^src\/(features|ui)\//.test(name) && name !== shell)) {
  report(`+ ${key.replace('src/', '')}`, sumKb([...withImports([key])].filter((name) => !base.has(name))), key.endsWith('/composer.tsx') ? composerMaxKb : routeMaxKb);
}
report('all JavaScript', sumKb(Object.keys(manifest)), allMaxKb);
const styles = new Set(Object.values(manifest).flatMap((chunk) => chunk.css ?? []));
report('all CSS', [...styles].reduce((total, file) => total + sizeKb(file), 0), cssMaxKb);
process.exitCode = isOver ? 1 : 0;
