import { isTest, type Project } from './project.ts';
import type { Problem, SourceFile } from './source-file.ts';

const names = /instagram|mastodon|bluesky|atproto|twitter/i;
/** The shortest of names is looked for as a whole string only. */
const shortName = 'x';

/** Where a network may be named: its own folder, the lists of networks, its icon, its settings, the readers of its exports. */
const allowed = [
  /^server\/src\/providers\/(instagram|threads|x|mastodon|bluesky)\//,
  /^server\/src\/providers\/(registry|simulators)\.ts$/,
  /^server\/src\/platform\/config\/settings\.ts$/,
  /^server\/src\/features\/imports\/dialects\//,
  /^server\/src\/features\/demo\//,
  /^web\/src\/ui\/(network-mark|icons?)(\.tsx?$|\/)/,
  /^(tools|tests|bench)\//,
];

/** Rule 4: generic code never names a network; what differs is a declared capability. */
export function checkNetworks({ sources }: Project): Problem[] {
  return sources.filter(({ path }) => !isTest(path) && !allowed.some((pattern) => pattern.test(path))).flatMap(checkFile);
}

function checkFile({ path, code, texts }: SourceFile): Problem[] {
  const problem = (line: number, name: string): Problem => ({
    file: path, line, rule: 'network-name', message: `generic code names "${name}": declare a capability in its manifest and read that`,
  });
  const found = code.split('\n').flatMap((line, index) => {
    const match = names.exec(line);
    return match === null ? [] : [problem(index + 1, match[0])];
  });
  return [...found, ...texts.filter(({ value }) => value === shortName).map(({ line }) => problem(line, shortName))];
}
