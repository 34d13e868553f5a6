import { ApiError } from '../../platform/api-error.ts';

export interface Refusal {
  readonly message: string;
  /** It is done all the same if the person says so. */
  readonly canInsist: boolean;
}

/** Why the server did not take a post, in words. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof ApiError)) return { message: 'Something went wrong in this page. Try again.', canInsist: false };
  const words = error.fields.filter(({ pointer }) => pointer !== '/allowDuplicate').map(({ message }) => message);
  return { message: words.length > 0 ? words.join(' ') : error.message, canInsist: error.code === 'already-exists' };
}
