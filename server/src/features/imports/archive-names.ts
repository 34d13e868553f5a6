import { AppError } from '../../platform/errors.ts';

const shownLengthMax = 120;

/** A file name as it may stand in a message: no control or direction characters, not endless. */
export function showName(name: string): string {
  const plain = name.replace(/[\p{Cc}\p{Cf}]/gu, '?');
  return plain.length > shownLengthMax ? `…${plain.slice(-shownLengthMax)}` : plain;
}

/** The one way an upload is refused: 422, with words that say what to do. */
export function refuseExport(words: string, cause?: unknown): AppError {
  return new AppError('unreadable-export', words, cause === undefined ? {} : { cause });
}

/**
 * A name inside an archive or an upload with `/` as separator; throws on names that reach outside.
 * Nothing is ever written under such a name: an archive that tries is made by a hand that means harm, so all of it is refused.
 */
export function checkName(name: string, upload: string): string {
  const path = name.replaceAll('\\', '/');
  const isOutside = path.startsWith('/') || /^[a-z]:/i.test(path) || path.split('/').includes('..');
  if (isOutside || path.includes('\0')) {
    throw refuseExport(
      `${showName(upload)} names a file outside of itself (${showName(name)}). Use the file exactly as the network gave it.`,
    );
  }
  return path;
}

/** Mac's resource forks: they carry the names of real files and none of their content. */
export function isMacResource(path: string): boolean {
  const segments = path.split('/');
  return segments.includes('__MACOSX') || (segments.at(-1)?.startsWith('._') ?? false);
}
