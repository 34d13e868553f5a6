import { AppError } from './errors.ts';
import { isInstant } from './instant.ts';

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Where a page of rows in order of time ended. */
export interface TimeCursor {
  /** Instant, as `2026-11-24T09:00:00.000Z`. */
  readonly at: string;
  /** UUID. */
  readonly id: string;
  /** What the list put after the two. */
  readonly rest: readonly string[];
}

/** `instant_uuid_…`: the last row of a page. */
export function writeTimeCursor(at: Date, id: string, rest: readonly (string | number)[] = []): string {
  return [at.toISOString(), id, ...rest].join('_');
}

/** Reads `instant_uuid_…` back. Whatever the database could not read as those is refused with `invalid-request`. */
export function readTimeCursor(cursor: string): TimeCursor {
  const [at = '', id = '', ...rest] = cursor.split('_');
  if (!isInstant(at) || !uuidPattern.test(id)) throw badCursor();
  return { at, id, rest };
}

/** The refusal of a cursor that was made up or bent. */
export function badCursor(): AppError {
  return new AppError('invalid-request', 'The cursor is not one that this list gave out. Start again without it.');
}
