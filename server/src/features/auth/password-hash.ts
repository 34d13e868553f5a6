import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { AppError } from '../../platform/errors.ts';

// RFC 9106 and the OWASP cheat sheet's first choice: 19 MiB, two passes, one lane.
const memoryKib = 19_456;
const passes = 2;
const lanes = 1;
const tagBytes = 32;
const saltBytes = 16;
// Each hash holds 19 MiB and a pool thread: a few at once, some waiting, the rest are told to come back.
const atOnceMax = 4;
const waitingMax = 64;
const argon2Async = promisify(argon2);

/** Hashes and checks passwords, a few at a time. Throws `unavailable` when too many wait. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** False for a wrong password. Takes as long for `null` (no such user) as for a stored hash. */
  verify(password: string, stored: string | null): Promise<boolean>;
}

export function createPasswordHasher(): PasswordHasher {
  const gate = createGate();
  const derive = (password: string, salt: Buffer): Promise<Buffer> =>
    gate(() => argon2Async('argon2id', { message: password, nonce: salt, parallelism: lanes, memory: memoryKib, passes, tagLength: tagBytes }));
  return {
    hash: async (password) => {
      const salt = randomBytes(saltBytes);
      return format(salt, await derive(password, salt));
    },
    verify: async (password, stored) => {
      const expected = stored === null ? null : parse(stored);
      const tag = await derive(password, expected?.salt ?? Buffer.alloc(saltBytes));
      return timingSafeEqual(tag, expected?.tag ?? Buffer.alloc(tagBytes)) && expected !== null;
    },
  };
}

function createGate(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= atOnceMax) {
      if (waiting.length >= waitingMax) throw new AppError('unavailable', 'Many people are signing in right now. Try again in a moment.', { retryAfterSeconds: 5 });
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}

const encode = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

// The PHC string format, as other argon2 libraries read and write it.
function format(salt: Buffer, tag: Buffer): string {
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$${encode(salt)}$${encode(tag)}`;
}

function parse(stored: string): { salt: Buffer; tag: Buffer } | null {
  const match = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/.exec(stored);
  const [, salt, tag] = match ?? [];
  return salt === undefined || tag === undefined ? null : { salt: Buffer.from(salt, 'base64'), tag: Buffer.from(tag, 'base64') };
}
