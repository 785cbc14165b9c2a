import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { buildForPlatforms } from '../../functions/builds/build-for-platforms.ts';
import { createDockerBuilder } from '../../shared/adapters/builders/docker/builder.ts';
import { createLayersBuilder } from '../../shared/adapters/builders/layers/builder.ts';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { formatImageReference, type ImageReference } from '../../shared/domain/names/image-reference.ts';
import type { Builder } from '../../shared/ports/builder.ts';
import { buildContext } from '../helpers/build-context.ts';
import { dockerLab } from '../helpers/docker-lab.ts';
import { temporaryFolder } from '../helpers/git-repository.ts';

const run = promisify(execFile);
const credentials = async () => undefined;
const registry = createRegistryClient({ credentials });
const PLATFORMS = ['linux/amd64', 'linux/arm64'];

const holds = test.macro(
  async (t: ExecutionContext, open: (t: ExecutionContext) => Promise<Builder | undefined>) => {
    const lab = dockerLab(t);
    const builder = await open(t);
    if (lab === undefined || builder === undefined) {
      t.pass();
      return;
    }
    const both = buildForPlatforms(builder, { platforms: PLATFORMS, registry });
    const build = async (files: Record<string, string>, args: Record<string, string> = {}) => {
      const image = { registry: lab.registry, repository: `test/${randomUUID()}`, tag: 'c0ffee' };
      const order = {
        image,
        context: await buildContext(t, files),
        dockerfile: 'Dockerfile',
        args,
        labels: {},
        epoch: 0,
        prune: true,
      };
      const { digest } = await both.build(order, { output() {}, progress() {} }, AbortSignal.timeout(60_000));
      t.is((await registry.head(image))?.digest, digest);
      return { ...image, digest };
    };
    const base = await build({ Dockerfile: 'FROM scratch\nCOPY a /\nCMD ["/a"]\n', a: 'a' });
    t.deepEqual(await platformsOf(base), PLATFORMS);

    // A child for each platform stands on the parent for it.
    const { tag: _, ...parent } = base;
    const child = await build(
      { Dockerfile: 'ARG BASE\nFROM $BASE\nCOPY b /\n', b: 'b' },
      { BASE: formatImageReference(parent) },
    );
    t.deepEqual(await platformsOf(child), PLATFORMS);
  },
);

test('the layers builder builds an index for two platforms, and a child of it', holds, async t =>
  createLayersBuilder({ store: registry, temporary: await temporaryFolder(t) }),
);
test('the docker builder builds an index for two platforms, and a child of it', holds, async t => {
  const lab = dockerLab(t);
  return lab && createDockerBuilder({ engine: lab.engine, credentials });
});

/** As another program sees them, each from the configuration of the image that is meant for it. */
async function platformsOf(image: ImageReference & { readonly tag: string }): Promise<string[]> {
  const name = `docker://${image.registry}/${image.repository}:${image.tag}`;
  const platforms = PLATFORMS.map(async platform => {
    const [, arch = ''] = platform.split('/');
    const { stdout } = await run('skopeo', ['--override-arch', arch, 'inspect', '--tls-verify=false', name]);
    const { Os, Architecture } = JSON.parse(stdout);
    return `${Os}/${Architecture}`;
  });
  return Promise.all(platforms);
}
