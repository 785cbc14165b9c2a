import { z } from 'zod';
import { PermanentError } from '../../../domain/permanent-error.ts';
import type { Http } from '../../http/http.ts';
import { createJsonApi, type JsonAsk } from '../../http/json-api.ts';

/** https://devcenter.heroku.com/articles/platform-api-reference#release */
const Release = z.object({
  version: z.number(),
  status: z.string(),
  description: z.string().nullish(),
});
export type Release = z.infer<typeof Release>;

/** https://devcenter.heroku.com/articles/platform-api-reference#dyno */
const Dyno = z.object({
  name: z.string(),
  type: z.string(),
  state: z.string(),
  release: z.object({ version: z.number() }).nullish(),
});
export type Dyno = z.infer<typeof Dyno>;

/** https://devcenter.heroku.com/articles/platform-api-reference#formation */
const Formation = z.object({ type: z.string(), quantity: z.number() });

/** https://devcenter.heroku.com/articles/platform-api-reference#app */
const Stack = z.object({ name: z.string() }).nullish();
const App = z.object({ name: z.string(), build_stack: Stack, stack: Stack });

export type PlatformApiOptions = {
  readonly token: string;
  readonly endpoint?: string | undefined;
  readonly http: Http;
  readonly deadline: number;
};
export type PlatformApi = ReturnType<typeof createPlatformApi>;

/** What releases of images take: https://devcenter.heroku.com/articles/container-registry-and-runtime#api */
const OF_IMAGES = { Accept: 'application/vnd.heroku+json; version=3.docker-releases' };

/** What is asked of Heroku's Platform API. An app that is not there, or is somebody else's, is nothing. */
export function createPlatformApi({ token, endpoint, http, deadline }: PlatformApiOptions) {
  const ask = createJsonApi({
    http,
    base: endpoint ?? 'https://api.heroku.com',
    headers: { Accept: 'application/vnd.heroku+json; version=3' },
    authorization: async () => `Bearer ${token}`,
    advise,
    deadline,
  });
  const of = (app: string) => `apps/${encodeURIComponent(app)}`;

  return {
    /** The apps that run images, by name; at most a thousand. */
    async apps(signal: AbortSignal): Promise<string[]> {
      const doing = 'list the apps of Heroku';
      const asked: JsonAsk = { doing, path: 'apps', headers: { Range: 'name ..; max=1000' }, signal };
      const found = await ask(asked, z.array(App));
      if (found === undefined)
        throw new PermanentError(`Cannot ${doing}: not found; check the address of the API`);
      const runImages = found.filter(app => (app.build_stack ?? app.stack)?.name === 'container');
      return runImages.map(({ name }) => name).sort();
    },

    formation: (app: string, signal?: AbortSignal) =>
      ask(
        { doing: `read the formation of app "${app}"`, path: `${of(app)}/formation`, signal },
        z.array(Formation),
      ),

    /** The latest ones, newest first. */
    async releases(app: string, signal?: AbortSignal): Promise<Release[] | undefined> {
      const headers = { Range: 'version ..; order=desc, max=100' };
      const path = `${of(app)}/releases`;
      const found = await ask(
        { doing: `read the releases of app "${app}"`, path, headers, signal },
        z.array(Release),
      );
      return found?.sort((a, b) => b.version - a.version);
    },

    dynos: (app: string, signal?: AbortSignal) =>
      ask({ doing: `read the dynos of app "${app}"`, path: `${of(app)}/dynos`, signal }, z.array(Dyno)),

    /** Makes a release in which the process runs the image, which is in Heroku's registry. */
    release: (
      app: string,
      change: { readonly process: string; readonly imageId: string; readonly signal: AbortSignal },
    ) =>
      ask(
        {
          doing: `release an image to process "${change.process}" of app "${app}"`,
          method: 'PATCH',
          path: `${of(app)}/formation`,
          headers: OF_IMAGES,
          body: { updates: [{ type: change.process, docker_image: change.imageId }] },
          signal: change.signal,
        },
        z.array(Formation),
      ),
  };
}

function advise(status: number): string {
  if (status === 401) return 'give the target a valid token of Heroku';
  if (status === 403) return 'let the account of the token deploy this app';
  return 'see to the app at Heroku';
}
