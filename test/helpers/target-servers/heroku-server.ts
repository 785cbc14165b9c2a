import type { ExecutionContext } from 'ava';
import type { RegistryClient } from '../../../shared/adapters/registry/client.ts';
import { DOCKER_MANIFEST } from '../../../shared/domain/names/manifest-types.ts';
import { type Answer, type Asked, serveRoutes } from '../forge-servers/serve-routes.ts';

type Release = { version: number; status: string; description: string; current: boolean; imageId?: string };

/**
 * One app of Heroku's Platform API v3 with a process `web`: releases are made of images that its registry has with
 * Docker's manifest, are pending when they are looked at first, and fail with their release command.
 * https://devcenter.heroku.com/articles/platform-api-reference
 */
export async function serveHeroku(
  t: ExecutionContext,
  {
    images,
    registry,
    isBad = () => false,
  }: {
    readonly images: RegistryClient;
    readonly registry: string;
    readonly isBad?: (imageId: string) => boolean;
  },
) {
  const releases: Release[] = [
    { version: 1, status: 'succeeded', description: 'Initial release', current: true },
    { version: 2, status: 'succeeded', description: 'Set PORT config vars', current: true },
  ];
  const state = { exists: true, dyno: 'up' };

  function settle(): void {
    const newest = releases.at(-1);
    if (newest?.status !== 'pending') return;
    newest.status = newest.imageId !== undefined && isBad(newest.imageId) ? 'failed' : 'succeeded';
    if (newest.status === 'succeeded') for (const one of releases) one.current = one === newest;
  }

  function add(description: string, more: { status?: string; imageId?: string } = {}): void {
    const { status = 'pending', imageId } = more;
    releases.push({
      version: releases.length + 1,
      status,
      description,
      current: false,
      ...(imageId !== undefined && { imageId }),
    });
    if (status === 'succeeded') for (const one of releases) one.current = one === releases.at(-1);
  }

  async function release({ headers, body }: Asked): Promise<Answer> {
    const [update] = JSON.parse(body.toString('utf8')).updates;
    if (!String(headers.accept).endsWith('version=3.docker-releases')) return refused(422, 'Invalid params.');
    const found = await images.manifest({ registry, repository: 'shop/web', tag: 'latest' });
    if (found?.mediaType !== DOCKER_MANIFEST) return refused(422, 'The image could not be found.');
    const { config } = JSON.parse(Buffer.from(found.bytes).toString('utf8'));
    if (config.digest !== update.docker_image) return refused(422, 'The image could not be found.');
    add(`Deployed web (${update.docker_image.slice(7, 19)})`, { imageId: update.docker_image });
    return { body: formation() };
  }

  function formation() {
    return [
      { type: 'web', quantity: 1, size: 'Basic', app: { name: 'shop' }, command: null, docker_image: null },
    ];
  }

  function current(): Release | undefined {
    return releases.find(one => one.current && one.status === 'succeeded' && one === lastGood());
  }

  function lastGood(): Release | undefined {
    return releases.findLast(({ status }) => status === 'succeeded');
  }

  const missing = refused(404, "Couldn't find that app.");
  const here = (answer: (asked: Asked) => Answer | Promise<Answer>) => (asked: Asked) =>
    state.exists ? answer(asked) : missing;
  const served = await serveRoutes(t, {
    routes: {
      'GET /apps': () => ({
        body: [
          { name: 'blog', build_stack: { name: 'heroku-24' } },
          { name: 'shop', build_stack: { name: 'container' }, stack: { name: 'container' } },
        ],
      }),
      'GET /apps/shop/formation': here(() => ({ body: formation() })),
      'PATCH /apps/shop/formation': here(release),
      'GET /apps/shop/releases': here(() => {
        const shown = structuredClone(releases).map(({ imageId: _, ...one }) => ({
          ...one,
          id: `r${one.version}`,
        }));
        settle();
        return { status: 206, body: shown.reverse() };
      }),
      'GET /apps/shop/dynos': here(() => ({
        body: [
          {
            name: 'web.1',
            type: 'web',
            state: state.dyno,
            release: { id: 'r', version: current()?.version ?? 1 },
          },
        ],
      })),
    },
    fallback: missing,
  });
  served.before(({ headers }) =>
    headers.authorization === 'Bearer good-token' ? undefined : refused(401, 'Invalid credentials provided.'),
  );
  return { ...served, releases, state, settle, add, running: () => lastGood()?.imageId };
}

function refused(status: number, message: string): Answer {
  return { status, body: { id: 'refused', message } };
}
