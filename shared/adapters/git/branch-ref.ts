import { PermanentError } from '../../domain/permanent-error.ts';

/**
 * The full name of a branch, which no command takes for an option or for an expression.
 * The rules are those of https://git-scm.com/docs/git-check-ref-format
 *
 * @throws {PermanentError} when a branch cannot be called so.
 */
export function branchRef(branch: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  const forbidden = /[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|^[./-]|[./]$|\.lock(?:\/|$)|^@$/;
  if (branch === '' || forbidden.test(branch)) {
    throw new PermanentError(`Cannot look up branch "${branch}": a Git branch cannot be called so`);
  }
  return `refs/heads/${branch}`;
}
