import { PROTOCOLS, type Remote } from './remote.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What git and its helpers need of the surroundings. Everything else, above all `GIT_*`, stays outside. */
const INHERITED = [
  'PATH HOME USER LOGNAME TMPDIR LD_LIBRARY_PATH',
  'SSH_AUTH_SOCK GIT_SSH GIT_SSH_COMMAND GIT_EXEC_PATH',
  'HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy all_proxy no_proxy',
  'SSL_CERT_FILE SSL_CERT_DIR GIT_SSL_CAINFO GIT_SSL_CAPATH',
].flatMap(line => line.split(' '));

const SETTINGS: readonly (readonly [string, string])[] = [
  // Our own folders may belong to another user, as in a container with a mounted volume.
  ['safe.directory', '*'],
  ['core.hooksPath', '/dev/null'],
  ['core.attributesFile', '/dev/null'],
  ['core.fsmonitor', 'false'],
  // Housekeeping may pack, but never throw away: a commit that was once fetched can be asked for for ever.
  ['gc.pruneExpire', 'never'],
  ['gc.autoDetach', 'false'],
  ['http.lowSpeedLimit', '1'],
  ['http.lowSpeedTime', '60'],
];

/**
 * The environment of a git process that asks nobody, reads no configuration but its repository's and ours, and
 * speaks only the protocols we allow. https://git-scm.com/docs/git#_environment_variables
 *
 * Credentials go to git through a credential helper that reads them from the environment: unlike a header they
 * are given only to the host they are for, also after a redirect. https://git-scm.com/docs/gitcredentials
 */
export function gitEnvironment(outside: Environment, remote: Remote): Record<string, string> {
  const inherited = INHERITED.flatMap(name => {
    const value = outside[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const { credentials, url } = remote;
  const settings = [...SETTINGS, ...(credentials === undefined ? [] : [helper(url)])];
  return {
    // Says "connection timed out" rather than asking or waiting for ever.
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o ConnectTimeout=20',
    ...Object.fromEntries(inherited),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_ALLOW_PROTOCOL: PROTOCOLS.join(':'),
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
    ...(credentials !== undefined && {
      HEADWAY_GIT_USERNAME: credentials.username,
      HEADWAY_GIT_PASSWORD: credentials.password,
    }),
  };
}

function helper(url: string): readonly [string, string] {
  const answer = `printf 'username=%s\\npassword=%s\\n' "$HEADWAY_GIT_USERNAME" "$HEADWAY_GIT_PASSWORD"`;
  return [`credential.${new URL(url).origin}.helper`, `!f() { test "$1" = get && ${answer}; }; f`];
}
