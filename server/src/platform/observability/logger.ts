import { pino } from 'pino';

/** Structured log lines: facts as members, then a sentence. Never a token, a password or a cookie. */
export interface Logger {
  debug(facts: object, sentence: string): void;
  info(facts: object, sentence: string): void;
  warn(facts: object, sentence: string): void;
  error(facts: object, sentence: string): void;
  child(facts: Record<string, string>): Logger;
}

// A net under the rule above, for whatever is logged as a member by mistake.
const redactedPaths = ['password', 'token', 'accessToken', 'refreshToken', 'authorization', 'cookie', 'secret', '*.password', '*.token', '*.accessToken', '*.refreshToken'];

/** JSON lines to standard output at the given level. */
export function createLogger(level: 'debug' | 'info' | 'warn' | 'error' | 'silent'): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: redactedPaths });
}

/** Says nothing; for tests. */
export const silentLogger: Logger = createLogger('silent');
