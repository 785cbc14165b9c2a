import { type ApiAddress, type ApiForgeKind, apiAddress } from '../../../domain/forges/api-address.ts';
import { PermanentError } from '../../../domain/permanent-error.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Authorization, Question } from './question.ts';
import type { Send } from './send.ts';

/** A GitHub App that is installed where the repository is; the key is what GitHub gives to download, PEM. */
export type App = { readonly appId: number; readonly installationId: number; readonly privateKey: string };

/** One repository of a forge with an API, its secrets resolved. */
export type ApiRepo = {
  readonly url: string;
  readonly api?: string | undefined;
  readonly token?: string | undefined;
  readonly app?: App | undefined;
  readonly credentials?: { readonly username: string; readonly password: string } | undefined;
  /** Whether reports are shown beside commits, for which the login must be allowed to write them. */
  readonly report?: boolean | undefined;
};

/** What an adapter needs besides a repository's settings. */
export type Workings = { readonly send: Send; readonly clock: Clock };

/** @throws {PermanentError} when the URL names no repository of such a forge. */
export function addressOf(repo: string, forge: ApiForgeKind, { url, api }: ApiRepo): ApiAddress {
  const address = apiAddress({ forge, url, api });
  if (address !== undefined) return address;
  throw new PermanentError(`Cannot find repo "${repo}" at ${forge}: "${url}" names no repository there`);
}

/** A token that stays as it is, in the header that carries it; no header without a token. */
export function fixed(scheme: string, token: string | undefined): Authorization {
  const header = token === undefined ? undefined : `${scheme} ${token}`;
  return () => Promise.resolve(header);
}

/** What to do about a refusal, where what is done with a repository needs this permission. */
export function adviceFor({
  permission,
  repository,
  login,
  otherwise = 'check the address of the API',
}: {
  /** `scope read_api`: what the forge calls it. */
  readonly permission: string;
  readonly repository: string;
  /** `the token`, `the App`; nothing when there is none. */
  readonly login: string | undefined;
  /** What to do where it is about something else than the login. */
  readonly otherwise?: string;
}): Question['advise'] {
  const wanted = `${permission} for ${repository}`;
  return status => {
    if (status !== 401 && status !== 403 && status !== 404) return otherwise;
    if (login === undefined) return `set a token with ${wanted}`;
    if (status === 401) return `${login} is wrong, expired or revoked: renew it, with ${wanted}`;
    return `give ${login} ${wanted}`;
  };
}
