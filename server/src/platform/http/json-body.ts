import { AppError } from '../errors.ts';
import { scanJson } from './json-scan.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
// Escaped or not, these never belong in what a person typed; tab and line feed do.
// oxlint-disable-next-line no-control-regex
const controlPattern = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

/** Says whether text holds a control character other than tab and line feed. */
export function hasControlCharacter(text: string): boolean {
  return controlPattern.test(text);
}

/** Parses a request body strictly: `invalid-json` (400), or `invalid-input` (422) naming the field with a control character. */
export function parseJson(bytes: Buffer): unknown {
  const text = decode(bytes);
  const scan = scanJson(text);
  if (scan.refusal !== null) throw new AppError('invalid-json', scan.refusal);
  const value = parse(text);
  if (scan.hasControl) refuseControl(value);
  return value;
}

function decode(bytes: Buffer): string {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (error) {
    throw new AppError('invalid-json', 'The body is not valid UTF-8.', { cause: error });
  }
  if (text.startsWith('\ufeff')) throw new AppError('invalid-json', 'The body starts with a byte order mark: send UTF-8 without one.');
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // V8's own message quotes the body, which may hold a password.
    throw new AppError('invalid-json', 'The body is not valid JSON.', { cause: error instanceof SyntaxError ? undefined : error });
  }
}

function refuseControl(value: unknown): void {
  const pointer = findControl(value, '');
  if (pointer === null) return;
  const message = 'Control characters are not allowed here, except tab and line break.';
  throw new AppError('invalid-input', message, { fields: [{ pointer, code: 'control-character', message }] });
}

/** JSON pointer to the first string (or member name) with a control character. The scan has bounded the depth. */
function findControl(value: unknown, pointer: string): string | null {
  if (typeof value === 'string') return hasControlCharacter(value) ? pointer : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, member] of Object.entries(value)) {
    if (hasControlCharacter(key)) return pointer;
    const found = findControl(member, `${pointer}/${escapePointer(key)}`);
    if (found !== null) return found;
  }
  return null;
}

/** One step of a JSON pointer (RFC 6901). */
export function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
