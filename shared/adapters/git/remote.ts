import { resolve } from 'node:path';
import { PermanentError } from '../../domain/permanent-error.ts';

export type Credentials = { readonly username: string; readonly password: string };

/** Another repository, as git is told of it. */
export type Remote = {
  /** https://, http://, ssh://, file://, `user@host:path` or an absolute path; no password in it. */
  readonly url: string;
  readonly credentials?: Credentials;
};

/** What git may speak. Never `ext::` and its like, which run a command that the URL names. */
export const PROTOCOLS = ['https', 'http', 'ssh', 'file'];

/**
 * Checks what a configuration says of a remote and makes a relative path absolute.
 * The kinds of URL are those of https://git-scm.com/docs/git-clone#URLS
 *
 * @throws {PermanentError} when git must not be given this URL or these credentials.
 */
export function parseRemote(url: string, credentials?: Credentials): Remote {
  const refuse = (why: string, advice: string): never => {
    throw new PermanentError(`Cannot use "${withoutPassword(url)}" as a Git repository: ${why}; ${advice}`);
  };
  const scheme = /^([a-z][a-z0-9+.-]*):(:|\/\/)/i.exec(url);
  if (scheme?.[2] === ':' || (scheme?.[1] !== undefined && !PROTOCOLS.includes(scheme[1].toLowerCase()))) {
    refuse(`its protocol is "${scheme[1]}"`, `use ${PROTOCOLS.join(', ')} or a path`);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  if (url.startsWith('-') || url === '' || /[\x00-\x1f]/.test(url)) {
    refuse('it is no URL', 'write what git clone would take');
  }
  if (withoutPassword(url) !== url) {
    refuse('it holds credentials', 'take them out and set credentials with a reference to the secret');
  }
  if (credentials !== undefined && !/^https?:/i.test(url)) {
    refuse('credentials are for https only', 'remove them, or use an https URL');
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these would end a line of the credential protocol
  if (/[\x00\r\n]/.test(`${credentials?.username}${credentials?.password}`)) {
    refuse('its credentials hold a line break', 'remove the line break from the secret');
  }
  return { url: isPath(url) ? resolve(url) : url, ...(credentials !== undefined && { credentials }) };
}

/**
 * For a repository on this machine: lets git serve it whoever owns its files, as in a container with a mounted
 * volume. Git would have the user agree in a configuration that we do not read; the configuration that names the
 * path has agreed. https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory
 */
export function trustOwner(url: string, program: 'upload-pack' | 'receive-pack'): string[] {
  const isHere = isPath(url) || /^file:/i.test(url);
  return isHere ? [`--${program}=git -c 'safe.directory=*' ${program}`] : [];
}

/** The text with every password of the remote, and every password in any URL, replaced. */
export function redact(text: string, { credentials }: Pick<Remote, 'credentials'>): string {
  const hidden = credentials?.password ? text.replaceAll(credentials.password, '***') : text;
  return withoutPassword(hidden);
}

/** For http a user name alone may be a token. */
function withoutPassword(text: string): string {
  return text
    .replaceAll(/(https?:\/\/)[^\s/@]+@/gi, '$1***@')
    .replaceAll(/(:\/\/[^\s/@:]*):[^\s/@]+@/g, '$1:***@');
}

/** Git's own rule: a colon before the first slash makes it `host:path` for ssh. */
function isPath(url: string): boolean {
  return !/^[^/]*:/.test(url);
}
