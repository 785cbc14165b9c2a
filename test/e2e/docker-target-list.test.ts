import test, { type ExecutionContext } from 'ava';
import type { Found } from '../../shared/ports/target.ts';
import { type DockerPlace, openDockerPlace, removeBuiltImages } from '../helpers/docker-place.ts';

test.after.always(removeBuiltImages);

test.serial(
  "somebody else's container is listed, and the tag it was started by stays when it moves on",
  async t => {
    await withPlace(t, async (place, listed) => {
      const { docker, name, image, digests } = place;
      const moving = `${image.registry}/${image.repository}:moving`;
      const tag = (digest: string) =>
        docker.getImage(`${image.registry}/${image.repository}@${digest}`).tag({
          repo: `${image.registry}/${image.repository}`,
          tag: 'moving',
        });
      await pull(place, digests.v1);
      await tag(digests.v1);
      const Labels = { team: 'shop' };
      await (await docker.createContainer({ name, Image: moving, Labels })).start();
      await pull(place, digests.v2);
      await tag(digests.v2);
      t.deepEqual(await listed(name), {
        workload: name,
        image: { ...image, tag: 'moving' },
        digest: digests.v1,
        updating: false,
        labels: { team: 'shop', test: image.repository },
        platform: 'linux/amd64',
      });
      await docker.getContainer(name).stop({ t: 0 });
      t.is((await listed(name))?.digest, undefined, 'nothing runs');
      await docker.getContainer(name).remove();
      t.is(await listed(name), undefined);
    });
  },
);

test.serial('a deploy under way is listed as one service that is updating', async t => {
  await withPlace(t, async (place, listed) => {
    const { name, service, image, digests, target } = place;
    const ask = (digest: string, after: string) =>
      target.deploy(
        { name, service: { ...service, healthy: { after } }, image: { ...image, digest } },
        AbortSignal.timeout(30_000),
      );
    await ask(digests.v1, '100ms');
    t.like(await listed(name), { digest: digests.v1, updating: false });
    const second = ask(digests.v2, '2s');
    while ((await place.named()).length < 2);
    t.like(await listed(name), { digest: digests.v1, updating: true });
    t.is(await listed(`${name}-NEXT`), undefined);
    t.like(await second, { kind: 'accepted' });
    t.like(await listed(name), { digest: digests.v2, updating: false });
  });
});

type Listed = (workload: string) => Promise<Found | undefined>;

async function withPlace(t: ExecutionContext, check: (place: DockerPlace, listed: Listed) => Promise<void>) {
  const place = await openDockerPlace(t);
  if (place === undefined) {
    t.pass();
    return;
  }
  try {
    await check(place, async workload => {
      const found = await place.target.list(AbortSignal.timeout(10_000));
      return found.find(one => one.workload === workload);
    });
  } finally {
    await place.close();
  }
}

/** The builder leaves the image in the engine, but a deploy of another test may not have. */
async function pull({ docker, image }: DockerPlace, digest: string) {
  const fromImage = `${image.registry}/${image.repository}@${digest}`;
  const stream = await docker.createImage({ fromImage });
  for await (const _ of stream);
}
