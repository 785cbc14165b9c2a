/** It will never work as it is; a person must change something. The message says what. */
export class PermanentError extends Error {
  override name = 'PermanentError';
}
