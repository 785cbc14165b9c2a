import { setTimeout as later } from 'node:timers/promises';
import { PermanentError } from '../../../domain/permanent-error.ts';
import { type AccessToken, NoGoogleCredentials } from '../../google/access-token.ts';
import type { Http } from '../../http/http.ts';
import { ApiError, createJsonApi } from '../../http/json-api.ts';
import {
  Operation,
  Revision,
  Revisions,
  RunService,
  RunServices,
  shortName,
  type Traffic,
} from './resources.ts';

export type AdminApiOptions = {
  readonly project: string;
  readonly region: string;
  readonly endpoint?: string | undefined;
  readonly token: AccessToken;
  readonly http: Http;
  readonly deadline: number;
  /** Milliseconds between two looks at an operation. */
  readonly lookAgain: number;
};
export type AdminApi = ReturnType<typeof createAdminApi>;
type Change = { readonly service: RunService; readonly signal: AbortSignal };

/** gRPC's ABORTED and UNAVAILABLE: https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
const PASSING = new Set([10, 14]);

/**
 * What is asked of the Cloud Run Admin API v2 in one region of a project.
 * https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services
 */
export function createAdminApi({ project, region, endpoint, token, http, ...times }: AdminApiOptions) {
  const parent = `v2/projects/${encodeURIComponent(project)}/locations/${encodeURIComponent(region)}`;
  const ask = createJsonApi({
    http,
    base: endpoint ?? 'https://run.googleapis.com',
    authorization: () => bearer(token),
    advise: (status, words) => advise(status, { words, project }),
    deadline: times.deadline,
  });

  /** Ends when Cloud Run has done what was asked. @throws {PermanentError} with its words when it could not. */
  async function finish(doing: string, begun: Operation | undefined, signal: AbortSignal): Promise<void> {
    if (begun === undefined) throw new PermanentError(`Cannot ${doing}: it is gone; create it again`);
    let operation = begun;
    while (!operation.done) {
      await later(times.lookAgain, undefined, { signal }).catch(() => signal.throwIfAborted());
      const path = `v2/${operation.name}`;
      const found = await ask({ doing: `follow the operation to ${doing}`, path, signal }, Operation);
      if (found === undefined) return;
      operation = found;
    }
    if (operation.error === undefined) return;
    const message = `Cannot ${doing}: ${operation.error.message || `code ${operation.error.code}`}`;
    throw PASSING.has(operation.error.code) ? new ApiError(message) : new PermanentError(message);
  }

  async function patch(doing: string, change: Change & { body: object; query: Record<string, string> }) {
    const { service, signal, body, query } = change;
    const asked = {
      doing,
      method: 'PATCH' as const,
      path: `v2/${service.name}`,
      query,
      // With the etag nothing that somebody else has changed meanwhile is overwritten.
      body: { name: service.name, etag: service.etag, ...body },
      signal,
    };
    await finish(doing, await ask(asked, Operation), signal);
  }

  return {
    service: (name: string, signal?: AbortSignal) =>
      ask(
        { doing: `read service "${name}"`, path: `${parent}/services/${encodeURIComponent(name)}`, signal },
        RunService,
      ),

    async services(signal: AbortSignal): Promise<RunService[]> {
      const doing = `list the services of project "${project}" in ${region}`;
      return await pages(async pageToken => {
        const page = await ask(
          { doing, path: `${parent}/services`, query: { pageSize: '100', pageToken }, signal },
          RunServices,
        );
        if (page === undefined)
          throw new PermanentError(`Cannot ${doing}: there is no such place; check both`);
        return { items: page.services, next: page.nextPageToken };
      });
    },

    /** Newest first. */
    async revisions(service: RunService, signal: AbortSignal): Promise<Revision[]> {
      const doing = `list the revisions of "${shortName(service.name)}"`;
      const found = await pages(async pageToken => {
        const path = `v2/${service.name}/revisions`;
        const page = await ask({ doing, path, query: { pageSize: '100', pageToken }, signal }, Revisions);
        return { items: page?.revisions ?? [], next: page?.nextPageToken };
      });
      return found.sort((a, b) => b.createTime.localeCompare(a.createTime));
    },

    revision(service: RunService, name: string, signal?: AbortSignal): Promise<Revision | undefined> {
      const path = `v2/${service.name}/revisions/${shortName(name)}`;
      return ask({ doing: `read revision "${shortName(name)}"`, path, signal }, Revision);
    },

    /** A new revision; `anew` makes one although the template is as it was. */
    patchTemplate: (
      template: RunService['template'],
      { anew, ...change }: Change & { readonly anew: boolean },
    ) =>
      patch(`make a revision of "${shortName(change.service.name)}"`, {
        ...change,
        body: { template },
        query: { updateMask: 'template', ...(anew && { forceNewRevision: 'true' }) },
      }),

    patchTraffic: (traffic: readonly Traffic[], change: Change) =>
      patch(`move the traffic of "${shortName(change.service.name)}"`, {
        ...change,
        body: { traffic },
        query: { updateMask: 'traffic' },
      }),
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

type Page<T> = { readonly items: readonly T[]; readonly next: string | undefined };

async function pages<T>(page: (token: string) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  for (let token: string | undefined = ''; token !== undefined; ) {
    const { items, next }: Page<T> = await page(token);
    all.push(...items);
    token = next === '' ? undefined : next;
  }
  return all;
}

function advise(status: number, { words, project }: { words: string; project: string }): string {
  if (status === 401) return 'renew the Google credentials that headway runs with';
  if (status !== 403) return 'check the service, the project and the region';
  if (/has not been used|is disabled/i.test(words))
    return `enable run.googleapis.com in project "${project}"`;
  return `grant its account roles/run.developer in project "${project}", and roles/iam.serviceAccountUser on the account of the service`;
}
