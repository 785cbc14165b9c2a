import { z } from 'zod';
import { PermanentError } from '../../../domain/permanent-error.ts';
import { type AccessToken, NoGoogleCredentials } from '../../google/access-token.ts';
import { createHttp } from '../../http/http.ts';
import { createJsonApi } from '../../http/json-api.ts';
import { Begun, CloudBuild, CloudBuilds } from './build-resource.ts';

export type BuildsApiOptions = {
  readonly project: string;
  /** e.g. `europe-west1`, or `global`. */
  readonly region: string;
  readonly endpoint?: string | undefined;
  readonly token: AccessToken;
  /** Milliseconds for one answer. */
  readonly deadline?: number;
};
export type BuildsApi = ReturnType<typeof createBuildsApi>;

/**
 * What is asked of the Cloud Build API in one region of a project.
 * https://cloud.google.com/build/docs/api/reference/rest/v1/projects.locations.builds
 *
 * @throws {PermanentError} what somebody has to mend, as a sentence; {@link ApiError} what may pass by itself.
 */
export function createBuildsApi({ project, region, endpoint, token, deadline = 30_000 }: BuildsApiOptions) {
  const parent = `v1/projects/${encodeURIComponent(project)}/locations/${encodeURIComponent(region)}/builds`;
  const query = { projectId: project };
  const ask = createJsonApi({
    http: createHttp({ userAgent: 'headway' }),
    base: endpoint ?? 'https://cloudbuild.googleapis.com',
    authorization: () => bearer(token),
    advise: (status, words) => advise(status, { words, project }),
    deadline,
  });
  const there = <T>(doing: string, answer: T | undefined): T => {
    if (answer !== undefined) return answer;
    throw new PermanentError(`Cannot ${doing}: there is no such place; check project and region`);
  };
  return {
    async create(body: object, signal: AbortSignal): Promise<CloudBuild> {
      const doing = `begin a build in project "${project}"`;
      const begun = await ask({ doing, method: 'POST', path: parent, query, body, signal }, Begun);
      return there(doing, begun).metadata.build;
    },
    async read(id: string, signal: AbortSignal): Promise<CloudBuild> {
      const doing = `read build ${id}`;
      return there(doing, await ask({ doing, path: `${parent}/${id}`, query, signal }, CloudBuild));
    },
    /** Newest first. */
    async tagged(tag: string, signal: AbortSignal): Promise<readonly CloudBuild[]> {
      const doing = `list the builds of project "${project}"`;
      const filter = { ...query, filter: `tags="${tag}"`, pageSize: '20' };
      return there(doing, await ask({ doing, path: parent, query: filter, signal }, CloudBuilds)).builds;
    },
    /** Safe to repeat; what is over stays as it is. */
    async cancel(id: string, signal: AbortSignal): Promise<void> {
      const call = { doing: `cancel build ${id}`, method: 'POST' as const, path: `${parent}/${id}:cancel` };
      await ask({ ...call, query, body: {}, signal }, z.unknown());
    },
  };
}

async function bearer(token: AccessToken): Promise<string> {
  try {
    return `Bearer ${await token()}`;
  } catch (error) {
    if (error instanceof NoGoogleCredentials) throw new PermanentError(error.message, { cause: error });
    throw error;
  }
}

function advise(status: number, { words, project }: { words: string; project: string }): string {
  if (status === 401) return 'renew the Google credentials that headway runs with';
  if (status !== 403) return 'check project, region, bucket and serviceAccount of the builder';
  if (/has not been used|is disabled/i.test(words))
    return `enable cloudbuild.googleapis.com in project "${project}"`;
  return `grant its account roles/cloudbuild.builds.editor in project "${project}", and roles/iam.serviceAccountUser on the account that builds run as`;
}
