import type { ErrorCode } from '@rookery/contract/errors.ts';

/** In characters: path and query. */
export const targetLengthMax = 8192;
const plainPath = /^\/(?:[A-Za-z0-9_-][A-Za-z0-9_.~@:-]*(?:\/|$))*$/;
const dotSegment = /(^|\/)\.\.?(\/|$)/;
// oxlint-disable-next-line no-control-regex
const refusedCharacter = /[\u0000-\u001f\u007f-\u009f\\]/;

export interface Refusal {
  readonly code: ErrorCode;
  readonly detail: string;
}

/** Refuses targets that a router, a proxy in front and a file system could read differently; null lets it through. */
export function screenTarget(target: string): Refusal | null {
  if (target.length > targetLengthMax) return { code: 'uri-too-long', detail: `The address is longer than ${targetLengthMax} characters.` };
  const path = pathOf(target);
  if (plainPath.test(path)) return null;
  if (!path.startsWith('/')) return refuse('The address must start with a slash.');
  if (path.includes('//')) return refuse('The path holds an empty segment.');
  if (/[^!-~]/.test(path)) return refuse('The path holds a character that must be percent-encoded.');
  if (/%2f/i.test(path)) return refuse('The path holds an encoded slash.');
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return refuse('The path is not valid percent-encoded UTF-8.');
  }
  if (refusedCharacter.test(decoded)) return refuse('The path holds a character that is not accepted.');
  if (dotSegment.test(decoded)) return refuse('The path holds a dot segment.');
  return null;
}

/** The target without its query. */
export function pathOf(target: string): string {
  const at = target.indexOf('?');
  return at === -1 ? target : target.slice(0, at);
}

function refuse(detail: string): Refusal {
  return { code: 'invalid-request', detail };
}

/** Whether a redirect may lead there: a path of our own origin and nothing that a browser reads as another host. */
export function isOwnPath(path: string): boolean {
  if (!path.startsWith('/') || path.startsWith('//')) return false;
  if (refusedCharacter.test(path) || /[^!-~]/.test(path)) return false;
  return new URL(path, 'http://own.invalid').origin === 'http://own.invalid';
}
