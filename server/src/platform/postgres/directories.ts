import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseStartError } from './start-error.ts';

/** Where everything of one embedded database lies. */
export interface PostgresDirectories {
  readonly data: string;
  readonly cluster: string;
  readonly socket: string;
  readonly log: string;
  readonly password: string;
}

/** sun_path holds 108 bytes on Linux, 104 on macOS and the BSDs, the closing zero included. */
const socketPathLengthMax = 103;
const socketNameLengthMax = '/rookery.lock-12345678'.length;

/** Makes the data directory if need be and says where the parts lie. Nobody but root and PostgreSQL's user may look into them. */
export function prepareDirectories(dataDirectory: string): PostgresDirectories {
  if (!existsSync(dataDirectory)) {
    // Under root PostgreSQL runs as somebody else, who must be able to pass through, not to list.
    mkdirSync(dataDirectory, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  }
  const data = realpathSync(resolve(dataDirectory));
  return {
    data,
    cluster: join(data, 'postgres'),
    socket: chooseSocketDirectory(data),
    log: join(data, 'postgres.log'),
    password: join(data, 'postgres-password'),
  };
}

function chooseSocketDirectory(data: string): string {
  const near = join(data, 'run');
  if (Buffer.byteLength(near) + socketNameLengthMax <= socketPathLengthMax) return near;
  const hash = createHash('sha256').update(data).digest('hex').slice(0, 24);
  return join(realpathSync(tmpdir()), `rookery-${hash}`);
}

/** Makes the folder of the sockets with mode 0700. Throws DatabaseStartError when somebody else's lies in its place. */
export function prepareSocketDirectory(directory: string, ownersAllowed: readonly number[]): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const stat = lstatSync(directory);
  const isTrusted = stat.isDirectory() && (process.platform === 'win32' || ownersAllowed.includes(stat.uid));
  if (!isTrusted) {
    throw new DatabaseStartError(
      `${directory} belongs to another user, so the database's socket cannot be put there. Remove it, or set ROOKERY_DATA_DIR to a shorter path.`,
    );
  }
  chmodSync(directory, 0o700);
}
