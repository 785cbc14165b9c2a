import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { createGitRepository, type GitRepository, temporaryFolder } from './git-repository.ts';
import { freePort, type HeadwayProcess, startHeadway } from './host-process.ts';

export const SECRETS = { github: 'github-secret-of-the-shop', builds: 'builds-secret-of-the-shop' };

/** A folder with a `headway.yaml` over real repositories, for hosts that are started in it again and again. */
export type HostShop = {
  readonly folder: string;
  readonly url: string;
  /** `127.0.0.1:PORT`, the embedded registry. */
  readonly registry: string;
  readonly shop: GitRepository;
  readonly manifests: GitRepository;
  /** The commits of `main`, the oldest first. */
  readonly commits: readonly string[];
  start(): HeadwayProcess;
};

/**
 * A parent image with two children and one that others build; all but the parent follow `prod`, and a repository
 * of manifests says what runs. Every commit changes every image.
 */
export async function createHostShop(t: ExecutionContext, commits: number): Promise<HostShop> {
  const folder = await temporaryFolder(t);
  const port = await freePort();
  const registry = `127.0.0.1:${port}`;
  const [shop, manifests] = [await createGitRepository(t), await createGitRepository(t)];
  const names = Array.from({ length: commits }, (_, i) => `c${i}`);
  const shas = await shop.grow(
    names.map((name, i) => ({ name, parents: i === 0 ? [] : [`c${i - 1}`], files: filesOf(name) })),
  );
  await shop.branch('main', names.at(-1));
  await manifests.grow([{ name: 'first', files: manifestsOf(registry) }]);
  await manifests.branch('main', 'first');
  await writeFile(join(folder, 'headway.yaml'), configuration({ registry, shop, manifests }));
  const cache = join(folder, 'compiled');
  await mkdir(cache);
  return {
    folder,
    url: `http://${registry}`,
    registry,
    shop,
    manifests,
    commits: names.map(name => shas[name] ?? ''),
    start: () =>
      startHeadway(['up'], {
        cwd: folder,
        environment: {
          PORT: String(port),
          GITHUB_SECRET: SECRETS.github,
          BUILDS_SECRET: SECRETS.builds,
          NODE_COMPILE_CACHE: cache,
        },
      }),
  };
}

function filesOf(name: string): Record<string, string> {
  const child = 'ARG BASE\nFROM $BASE\nCOPY version /version\n';
  return {
    'base/Dockerfile': 'FROM scratch\nCOPY version /base-version\n',
    'web/Dockerfile': child,
    'api/Dockerfile': child,
    'base/version': name,
    'web/version': `web ${name}`,
    'api/version': `api ${name}`,
  };
}

function manifestsOf(registry: string): Record<string, string> {
  const images = ['web', 'api', 'jobs'];
  return Object.fromEntries(
    images.map(image => [
      `${image}.yaml`,
      `# what runs\nimage: ${registry}/shop/${image}:unreleased # kept\n`,
    ]),
  );
}

type Parts = Pick<HostShop, 'registry' | 'shop' | 'manifests'>;

function configuration({ registry, shop, manifests }: Parts): string {
  return `
repos:
  shop: { url: ${JSON.stringify(shop.path)} }
images:
  base: { repo: shop, context: base, repository: ${registry}/shop/base, builder: layers }
  web: { repo: shop, context: web, repository: ${registry}/shop/web, builder: layers, parent: base }
  api: { repo: shop, context: api, repository: ${registry}/shop/api, builder: layers, parent: base }
  jobs: { repo: shop, repository: ${registry}/shop/jobs, builder: none }
tags:
  prod: { images: [web, api, jobs] }
targets:
  manifests: { kind: git, url: ${JSON.stringify(manifests.path)}, files: ['*.yaml'] }
services:
  web: { target: manifests, image: web, tag: prod }
  api: { target: manifests, image: api, tag: prod }
  jobs: { target: manifests, image: jobs, tag: prod }
hooks:
  github: { kind: github, secret: env://GITHUB_SECRET }
  builds: { kind: notices, secret: env://BUILDS_SECRET }
builds: { concurrency: 4 }
`;
}
