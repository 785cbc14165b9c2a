import { join } from 'node:path';
import type { RepoConfiguration } from '../../domain/configuration/schema.ts';
import { PermanentError } from '../../domain/permanent-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Forge } from '../../ports/forge.ts';
import type { Log } from '../../ports/log.ts';
import type { Environment } from '../git/environment.ts';
import { createHttp } from '../http/http.ts';
import { createApiForge } from './api/create-api-forge.ts';
import type { ApiRepo, Workings } from './api/repo-settings.ts';
import type { RepositoryApi } from './api/repository-api.ts';
import { createSend, type Timeouts } from './api/send.ts';
import { createGitForge } from './git.ts';
import { giteaRepository } from './gitea.ts';
import { githubRepository } from './github.ts';
import { gitilesRepository } from './gitiles.ts';
import { gitlabRepository } from './gitlab.ts';

const APIS = {
  github: githubRepository,
  gitlab: gitlabRepository,
  gitea: giteaRepository,
  gitiles: gitilesRepository,
} satisfies Record<string, (repo: string, settings: ApiRepo, workings: Workings) => RepositoryApi>;

export type ForgesOptions = {
  readonly repos: Readonly<Record<string, RepoConfiguration>>;
  /** The value behind a secret reference. */
  readonly secret: (reference: string) => string;
  /** A folder of its own, for one process at a time: mirrors for `forge: git`, and checkouts. */
  readonly root: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly environment?: Environment;
  /** By default 30 seconds for an answer and 10 minutes for an archive. */
  readonly timeouts?: Partial<Timeouts>;
  /** The most bytes that the files of a checkout by an API may have together; 2 GiB when absent. */
  readonly mostBytes?: number;
};

/**
 * The forge of every repo, by its word in the configuration: `git` is a mirror on disk, every other is asked
 * through its API, without a clone.
 *
 * @throws {PermanentError} at once for a URL, a login or a key that can never work
 */
export function createForges({ repos, root, clock, log, ...options }: ForgesOptions): Forge {
  const { secret, environment, timeouts, mostBytes } = options;
  const http = createHttp({ userAgent: 'headway' });
  const send = createSend({ http, clock, timeouts: { answer: 30_000, transfer: 600_000, ...timeouts } });
  const entries = Object.entries(repos).map(([name, repo]) => [name, withSecrets(repo, secret)] as const);
  const git = createGitForge({
    repos: Object.fromEntries(entries.filter(([, { forge }]) => forge === 'git')),
    root,
    log,
    ...(environment !== undefined && { environment }),
  });
  const apis = entries.flatMap(([name, { forge, ...repo }]) =>
    forge === 'git' ? [] : [[name, APIS[forge](name, repo, { send, clock })] as const],
  );
  const api = createApiForge({ repos: new Map(apis), temporary: join(root, 'archives'), mostBytes });

  function forgeOf(repo: string): Forge {
    const found = Object.hasOwn(repos, repo) ? repos[repo] : undefined;
    if (found === undefined) throw new PermanentError(`Cannot read repo "${repo}": it is not configured`);
    return found.forge === 'git' ? git : api;
  }

  return {
    compare: async (repo, a, b) => forgeOf(repo).compare(repo, a, b),
    commit: async (repo, sha) => forgeOf(repo).commit(repo, sha),
    head: async (repo, branch) => forgeOf(repo).head(repo, branch),
    checkout: async (repo, sha) => forgeOf(repo).checkout(repo, sha),
    files: async (repo, sha, paths) => forgeOf(repo).files(repo, sha, paths),
    changes: async (repo, from, to) => forgeOf(repo).changes(repo, from, to),
    async report(repo, sha, report) {
      const forge = forgeOf(repo);
      if (repos[repo]?.report === true) await forge.report(repo, sha, report);
    },
  };
}

function withSecrets(
  { forge, url, api, token, app, credentials, report }: RepoConfiguration,
  secret: ForgesOptions['secret'],
): ApiRepo & Pick<RepoConfiguration, 'forge'> {
  return {
    forge,
    url,
    api,
    report,
    token: token === undefined ? undefined : secret(token),
    app: app && { ...app, privateKey: secret(app.privateKey) },
    credentials: credentials && { username: credentials.username, password: secret(credentials.password) },
  };
}
