import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

interface Program {
  readonly what: string;
  /** The variable by which a test file learns the program's path; it may also be set by hand. */
  readonly variable: string;
  readonly names: readonly string[];
  /** Looked through after the PATH. */
  readonly folders?: readonly string[];
  readonly install: string;
}

/** Where Debian and its kin keep the server, which is on nobody's PATH. */
const postgresFolders = [18, 17, 16, 15].map((version) => `/usr/lib/postgresql/${version}/bin`);


const programs: readonly Program[] = [
  {
    what: 'Redis',
    variable: 'ROOKERY_TEST_REDIS_SERVER',
    names: ['redis-server', 'valkey-server'],
    install: 'apt install redis-server',
  },
  {
    what: 'Chromium',
    variable: 'ROOKERY_TEST_CHROMIUM',
    names: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
    install: 'apt install chromium',
  },
  {
    what: 'a PostgreSQL server of the machine',
    variable: 'ROOKERY_TEST_POSTGRES',
    names: ['postgres'],
    folders: postgresFolders,
    install: 'apt install postgresql',
  },
];

/** What the test files get in their environment, and what to tell the person about it. */
export interface ProgramCheck {
  readonly env: Readonly<Record<string, string>>;
  readonly messages: readonly string[];
  /** False when something is missing and this run may not skip. */
  readonly isComplete: boolean;
}

/** Looks for the programs that some tests need. Missing ones are skipped aloud; with CI or ROOKERY_REQUIRE_ALL they are an error. */
export function checkPrograms(env: Readonly<Record<string, string | undefined>>): ProgramCheck {
  const isStrict = isOn(env['CI']) || isOn(env['ROOKERY_REQUIRE_ALL']);
  const found: Record<string, string> = {};
  const messages: string[] = [];
  for (const { what, variable, names, folders = [], install } of programs) {
    const path = env[variable] ?? findProgram(names, [...(env['PATH'] ?? '').split(delimiter), ...folders]);
    if (path !== null) found[variable] = path;
    else if (isStrict) messages.push(`MISSING: ${what}, and nothing may be skipped here. Install it: ${install}`);
    else messages.push(`SKIPPED: tests that need ${what}. To run them too: ${install}`);
  }
  return { env: found, messages, isComplete: !isStrict || messages.length === 0 };
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}

function findProgram(names: readonly string[], directories: readonly string[]): string | null {
  for (const name of names) {
    for (const directory of directories) {
      const candidate = join(directory, name);
      if (directory !== '' && isExecutable(candidate)) return candidate;
    }
  }
  return null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
