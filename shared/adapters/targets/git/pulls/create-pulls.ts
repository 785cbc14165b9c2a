import { apiAddress } from '../../../../domain/forges/api-address.ts';
import { PermanentError } from '../../../../domain/permanent-error.ts';
import type { Http } from '../../../http/http.ts';
import { createJsonApi } from '../../../http/json-api.ts';
import { giteaPulls } from './gitea-pulls.ts';
import { githubPulls } from './github-pulls.ts';
import { gitlabPulls } from './gitlab-pulls.ts';
import type { Pulls } from './pulls.ts';

export type PullsSettings = {
  readonly forge: 'github' | 'gitlab' | 'gitea';
  /** Where git clones the repository. */
  readonly url: string;
  /** Where the API begins; found from the URL when absent. */
  readonly api?: string | undefined;
  readonly token: string;
  readonly http: Http;
};
const KINDS = { github: githubPulls, gitlab: gitlabPulls, gitea: giteaPulls };

/** @throws {PermanentError} when the URL names no repository of such a forge. */
export function createPulls({ forge, url, api, token, http }: PullsSettings): Pulls {
  const address = apiAddress({ forge, url, api });
  if (address === undefined)
    throw new PermanentError(
      `Cannot open pull requests at ${forge}: "${url}" names no repository there; correct the URL`,
    );
  const { base, repository } = address;
  const ask = createJsonApi({
    http,
    base,
    headers: { Accept: forge === 'github' ? 'application/vnd.github+json' : 'application/json' },
    authorization: () => Promise.resolve(`${forge === 'gitea' ? 'token' : 'Bearer'} ${token}`),
    advise: () => `give the token of pullRequest the right to write pull requests of ${repository}`,
    deadline: 20_000,
  });
  return KINDS[forge]({ ask, repository });
}
