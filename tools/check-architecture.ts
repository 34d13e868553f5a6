// Keeps ARCHITECTURE.md true: prints every broken rule as `file:line rule message` and fails if there is one.
import { dirname, resolve } from 'node:path';
import { checkHabits } from './architecture/habits.ts';
import { checkLayers } from './architecture/layers.ts';
import { checkNetworks } from './architecture/networks.ts';
import { readProject } from './architecture/project.ts';
import type { Problem } from './architecture/source-file.ts';
import { checkSql } from './architecture/sql.ts';
import { checkVerbs } from './architecture/verbs.ts';

const rules = [checkLayers, checkNetworks, checkSql, checkVerbs, checkHabits];

/** Every broken rule of the project at `root`, in order of file and line. Throws when there is nothing to look at. */
export function checkArchitecture(root: string): { problems: Problem[]; fileCount: number } {
  const project = readProject(root);
  if (project.sources.length === 0) throw new Error(`No TypeScript file was found in ${root}: nothing was checked.`);
  const problems = rules.flatMap((rule) => rule(project));
  problems.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
  return { problems, fileCount: project.sources.length };
}

if (import.meta.main) {
  const root = resolve(process.argv[2] ?? dirname(import.meta.dirname));
  const { problems, fileCount } = checkArchitecture(root);
  for (const { file, line, rule, message } of problems) console.log(`${file}:${line} ${rule} ${message}`);
  console.log(problems.length === 0 ? `${fileCount} files keep the rules` : `${problems.length} broken rules in ${fileCount} files`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
