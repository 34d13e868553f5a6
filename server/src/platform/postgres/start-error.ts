/** The database could not be started; the message is for the operator and says what to do. */
export class DatabaseStartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatabaseStartError';
  }
}

/** Whether a system call failed with this errno name, such as `ENOENT`. */
export function hasErrno(error: unknown, name: string): boolean {
  return error instanceof Error && 'code' in error && error.code === name;
}
