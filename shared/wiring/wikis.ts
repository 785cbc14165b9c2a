import { createGitWiki } from '../adapters/wiki/git-wiki.ts';
import { PermanentError } from '../domain/permanent-error.ts';
import type { Wiki } from '../ports/wiki.ts';
import type { Workings } from './workings.ts';

/** The wikis of the configuration by their names; each is opened when it is first needed. */
export function createWikis(its: Workings): (name: string) => Wiki {
  const { configuration, secret, folders, environment, log } = its;
  return name => {
    const settings = configuration.wikis[name];
    if (settings === undefined)
      throw new PermanentError(`Cannot find wiki "${name}": the configuration has none`);
    const { url, branch, author, credentials } = settings;
    return createGitWiki({
      url,
      branch,
      author,
      credentials: credentials && { ...credentials, password: secret(credentials.password) },
      root: folders.manifests,
      log,
      environment,
    });
  };
}
