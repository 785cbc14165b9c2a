import { randomBytes } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import { createDockerBuilder } from '../../shared/adapters/builders/docker/builder.ts';
import type { DockerEngine } from '../../shared/adapters/docker/engine.ts';
import { formatImageReference, type ImageReference } from '../../shared/domain/names/image-reference.ts';
import type { BuildOrder } from '../../shared/ports/builder.ts';
import { buildContext, type ContextFile } from './build-context.ts';
import { dockerLab } from './docker-lab.ts';
import { need } from './need.ts';

/** Builds on the real engine, or on another, from a base that has a shell; nothing, said aloud, on a machine without these. */
export function dockerBuildBench(t: ExecutionContext, other?: DockerEngine) {
  const lab = dockerLab(t);
  const base = need('LAB_BASE_IMAGE');
  if (lab === undefined || base === undefined) {
    if (base === undefined) t.log('skipped: needs an image with a shell (LAB_BASE_IMAGE)');
    t.pass();
    return undefined;
  }
  const { registry } = lab;
  const engine = other ?? lab.engine;
  const builder = createDockerBuilder({ engine, credentials: async () => undefined });
  const repository = `test/${randomBytes(6).toString('hex')}`;
  const tags = new Set<string>();
  t.teardown(async () => {
    for (const name of tags) {
      const image = (await engine.client()).getImage(name);
      await image.remove({ force: true }).catch(() => {});
    }
  });
  return {
    engine,
    registry,
    base,
    builder,
    /** An image of this test's own repository. */
    image(tag = 'c0ffee'): ImageReference & { readonly tag: string } {
      const image = { registry, repository, tag };
      tags.add(formatImageReference(image));
      return image;
    },
    async order(
      files: string | Readonly<Record<string, ContextFile>>,
      more: Partial<BuildOrder> = {},
    ): Promise<BuildOrder> {
      const context = await buildContext(t, typeof files === 'string' ? { Dockerfile: files } : files);
      return {
        image: this.image(),
        context,
        dockerfile: 'Dockerfile',
        args: {},
        labels: {},
        epoch: 0,
        ...more,
      };
    },
    /** What it said, line by line. @throws what the builder throws. */
    async build(order: BuildOrder, signal = AbortSignal.timeout(120_000)) {
      const lines: string[] = [];
      const { digest } = await builder.build(
        order,
        { output: line => lines.push(line), progress() {} },
        signal,
      );
      return { digest, lines, output: lines.join('\n') };
    },
    async has(name: string): Promise<boolean> {
      const images = await (await engine.client()).listImages({ all: true });
      return images.some(({ Id, RepoTags }) => Id === name || (RepoTags ?? []).includes(name));
    },
  };
}
export type DockerBuildBench = NonNullable<ReturnType<typeof dockerBuildBench>>;
