import type { ExecutionContext } from 'ava';
import { serveRoutes } from '../forge-servers/serve-routes.ts';

export type ServedBuild = {
  readonly id: string;
  status: string;
  readonly createTime: string;
  readonly tags: readonly string[];
  readonly images: readonly string[];
  readonly [field: string]: unknown;
};
/** What becomes of a build with each look at it; the last stays. */
export type Life = readonly Readonly<Record<string, unknown>>[];
/** Carries a build out: what of it is different once it is over. */
export type Worker = (build: ServedBuild, signal: AbortSignal) => Promise<Readonly<Record<string, unknown>>>;

const DIGEST = `sha256:${'d'.repeat(64)}`;

/**
 * The builds of one region of a project, as the reference of the Cloud Build API v1 has them: a new one is an operation
 * with the build in its metadata, is looked at, listed by tag, and cancelled. They go as they are told to, or are
 * carried out.
 * https://cloud.google.com/build/docs/api/reference/rest/v1/projects.locations.builds
 */
export async function serveCloudBuild(t: ExecutionContext, how: Life | Worker = SUCCEEDS) {
  const builds: ServedBuild[] = [];
  const running = new Map<string, { readonly stop: AbortController; readonly over: Promise<unknown> }>();
  const looks = new Map<string, number>();
  const PLACE = '/v1/projects/:project/locations/:region/builds';
  const unknown = { status: 404, body: { error: { code: 404, message: 'Requested entity was not found.' } } };

  const begin = (build: ServedBuild, work: Worker) => {
    const stop = new AbortController();
    const broken = (error: unknown) => ({ status: 'INTERNAL_ERROR', statusDetail: String(error) });
    const over = work(build, stop.signal)
      .catch(broken)
      .then(end => stop.signal.aborted || Object.assign(build, end));
    running.set(build.id, { stop, over });
    build.status = 'WORKING';
  };
  const end = async (id: string) => {
    running.get(id)?.stop.abort();
    await running.get(id)?.over;
  };
  t.teardown(() => Promise.all([...running.keys()].map(end)));

  const shown = (build: ServedBuild) => {
    if (typeof how === 'function') return build;
    const look = looks.get(build.id) ?? 0;
    looks.set(build.id, look + 1);
    if (build.status !== 'CANCELLED') Object.assign(build, how[Math.min(look, how.length - 1)]);
    if (build.status === 'SUCCESS' && build['results'] === undefined) {
      Object.assign(build, { results: { images: build.images.map(name => ({ name, digest: DIGEST })) } });
    }
    return build;
  };

  const served = await serveRoutes(t, {
    fallback: unknown,
    routes: {
      [`POST ${PLACE}`]({ body }, { project }) {
        const number = String(builds.length + 1);
        const id = `0000000${number}-aaaa-4bbb-8ccc-dddddddddddd`;
        const build: ServedBuild = {
          ...JSON.parse(body.toString()),
          id,
          projectId: project,
          status: 'QUEUED',
          createTime: `2030-01-01T00:00:0${number}Z`,
          logUrl: `https://console.cloud.google.com/cloud-build/builds/${id}?project=${project}`,
        };
        builds.push(build);
        if (typeof how === 'function') begin(build, how);
        return { body: { name: `operations/build/${project}/${id}`, metadata: { build } } };
      },
      [`GET ${PLACE}`]({ url }) {
        const tag = /^tags="([^"]+)"$/.exec(url.searchParams.get('filter') ?? '')?.[1];
        const found = builds.filter(({ tags }) => tags.includes(tag ?? '')).toReversed();
        return { body: found.length === 0 ? {} : { builds: found } };
      },
      [`GET ${PLACE}/:id`](_, { id }) {
        const found = builds.find(build => build.id === id);
        return found === undefined ? unknown : { body: shown(found) };
      },
      async [`POST ${PLACE}/:id`](_, { id = '' }) {
        const found = builds.find(build => `${build.id}:cancel` === id);
        if (found === undefined) return unknown;
        await end(found.id);
        found.status = 'CANCELLED';
        return { body: found };
      },
    },
  });
  return { ...served, builds, digest: DIGEST };
}

const step = (status: string) => [{ id: 'build', name: 'gcr.io/cloud-builders/docker', status }];
const SUCCEEDS: Life = [
  { status: 'WORKING', steps: step('WORKING') },
  { status: 'WORKING', steps: step('SUCCESS') },
  { status: 'SUCCESS', startTime: '2030-01-01T00:00:05Z', steps: step('SUCCESS') },
];
