import { z } from 'zod';
import type { Http } from '../../http/http.ts';
import { createJsonApi } from '../../http/json-api.ts';

const Text = z.string().nullish();
const Repository = z.looseObject({ name: Text, tag: Text, image: Text, imageDigest: Text });

/** What is read of a service; the names are Swarmpit's, the values those of the Docker Engine. */
const Service = z.looseObject({
  id: z.string(),
  serviceName: z.string(),
  repository: Repository,
  /** Nothing for a service that runs on every node. */
  replicas: z.int().nullish(),
  /** Without those of Docker's stacks and of Swarmpit itself. */
  labels: z.array(z.looseObject({ name: z.string(), value: Text })).nullish(),
  status: z.looseObject({ update: Text, message: Text }).nullish(),
});
export type SwarmpitService = z.infer<typeof Service>;

const Task = z.looseObject({
  /** Of the service, with the number of the replica or the node. */
  taskName: z.string(),
  serviceName: z.string(),
  createdAt: z.string(),
  repository: Repository,
  state: z.string(),
  desiredState: z.string(),
  status: z.looseObject({ error: Text }).nullish(),
});
export type SwarmpitTask = z.infer<typeof Task>;

export type SwarmpitApiOptions = {
  /** With or without `/api` at its end. */
  readonly url: string;
  /** As Swarmpit shows it, with or without the word Bearer. */
  readonly token: string;
  readonly http: Http;
  /** Milliseconds until an answer must be there. */
  readonly deadline: number;
};
export type SwarmpitApi = ReturnType<typeof createSwarmpitApi>;

/**
 * What is asked of Swarmpit's HTTP API, as its own page and doppler-cd-helper ask it.
 * https://github.com/swarmpit/swarmpit/blob/master/src/clj/swarmpit/routes.clj
 */
export function createSwarmpitApi({ url, token, http, deadline }: SwarmpitApiOptions) {
  const ask = createJsonApi({
    http,
    base: `${url.replace(/\/+$/, '').replace(/\/api$/, '')}/api`,
    authorization: async () => `Bearer ${token.trim().replace(/^bearer\s+/i, '')}`,
    advise: status =>
      status === 401 || status === 403
        ? 'make a new API token in the profile of a Swarmpit user and give it to headway'
        : 'see the log of Swarmpit',
    deadline,
  });
  /** Where the API has no lists, there is no Swarmpit. */
  const list = async <T>(doing: string, path: string, { schema, signal }: Listing<T>): Promise<T[]> => {
    const found = await ask({ doing, path, signal }, schema.array());
    if (found !== undefined) return found;
    throw new Error(`Cannot ${doing}: Swarmpit's API is not at ${url}; correct the target's url`);
  };

  return {
    services: (signal?: AbortSignal) =>
      list('list the services of Swarmpit', 'services', { schema: Service, signal }),

    /** Those that ended too. */
    tasks: ({ id, serviceName }: SwarmpitService) =>
      list(`list the tasks of "${serviceName}"`, `services/${encodeURIComponent(id)}/tasks`, {
        schema: Task,
      }),

    allTasks: (signal: AbortSignal) => list('list the tasks of Swarmpit', 'tasks', { schema: Task, signal }),

    /**
     * Has Swarmpit look up the tag in its registry, pin the service to that digest and start its tasks anew.
     *
     * @returns false where Swarmpit found something missing: the service, or the tag.
     */
    async redeploy({ id, serviceName }: SwarmpitService, tag: string, signal: AbortSignal) {
      const path = `services/${encodeURIComponent(id)}/redeploy`;
      const doing = `redeploy "${serviceName}"`;
      const done = z.unknown().transform(() => true);
      return (await ask({ doing, method: 'POST', path, query: { tag }, signal }, done)) ?? false;
    },
  };
}

type Listing<T> = { readonly schema: z.ZodType<T>; readonly signal?: AbortSignal | undefined };
