import type { ApiAddress } from '../../../../domain/forges/api-address.ts';
import { PermanentError } from '../../../../domain/permanent-error.ts';
import type { JsonApi } from '../../../http/json-api.ts';

export type Pull = {
  readonly number: number;
  /** Where people look at it. */
  readonly url: string;
  readonly state: 'open' | 'merged' | 'closed';
  readonly title: string;
  readonly body: string;
};
export type PullText = Pick<Pull, 'title' | 'body'>;
/** Which branch is to be merged into which. */
export type PullBranches = { readonly head: string; readonly base: string };

/** The pull requests of one repository. Each throws what {@link JsonApi} throws. */
export type Pulls = {
  /** The open one, else the newest of those that are not; nothing when there never was one. */
  find(branches: PullBranches): Promise<Pull | undefined>;
  open(branches: PullBranches, text: PullText): Promise<Pull>;
  update(number: number, text: PullText): Promise<void>;
  close(number: number): Promise<void>;
};

/** An API with the way to the repository in it. */
export type PullsApi = { readonly ask: JsonApi; readonly repository: ApiAddress['repository'] };

/** What an API says; it answers 404 for what the token may not see. */
export function seen<T>(answer: T | undefined, { repository }: Pick<PullsApi, 'repository'>): T {
  if (answer !== undefined) return answer;
  throw new PermanentError(
    `Cannot see the pull requests of ${repository}: the forge says that there is no such repository; check the URL, and what the token of pullRequest may see`,
  );
}

/** The open one, else the newest. */
export function current(pulls: readonly Pull[]): Pull | undefined {
  return pulls.find(({ state }) => state === 'open') ?? pulls.toSorted((a, b) => b.number - a.number)[0];
}
