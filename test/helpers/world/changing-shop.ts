import { builds } from '../../../shared/records/collections.ts';
import { type CalmLife, startCalmLife } from './calm-life.ts';
import { shaOf } from './memory-forge.ts';
import { shopConfiguration } from './shop.ts';

type Settings = {
  readonly plan?: 'everything' | 'changed';
  readonly parents?: 'rebuild' | 'reuse';
  readonly branches?: readonly string[];
  readonly quiet?: string;
  readonly supersede?: 'never' | 'waiting' | 'running';
  readonly stopAll?: boolean;
  /** How many at once; four when absent. */
  readonly places?: number;
  /** The image that has tests in a folder outside of its own. */
  readonly tested?: string;
};

/** The shop: base, on which web and api stand, each in the folder of its name; jobs is built by others. */
export async function startShop({ places, tested, ...settings }: Settings = {}) {
  const plain = shopConfiguration();
  const shop = plain.repos['shop'];
  if (shop === undefined) throw new Error('the shop has a repo');
  const tests = { basic: [], integration: [{ command: ['true'], folders: ['tests/web'], timeout: '1m' }] };
  const images = Object.entries(plain.images).map(([name, image]) => [
    name,
    { ...image, context: name, ...(name === tested && { tests }) },
  ]);
  const builds = {
    ...shop.builds,
    plan: 'changed' as const,
    ...settings,
    branches: [...(settings.branches ?? [])],
  };
  const life = await startCalmLife({
    ...(places !== undefined && { builds: places }),
    configuration: {
      ...plain,
      images: Object.fromEntries(images),
      repos: { ...plain.repos, shop: { ...shop, builds } },
    },
  });
  const files = { 'base/Dockerfile': '1', 'web/a': '1', 'api/a': '1', 'README.md': '1' };
  let now: Readonly<Record<string, string>> = files;
  const write = (commit: string, changed: Readonly<Record<string, string>> = {}, message?: string) => {
    now = { ...now, ...changed };
    life.around.forge.write(commit, now, message);
  };
  write('c1');
  return { life, write };
}

/** What became of each image that we build, and why, e.g. `web: carried from c1`. */
export async function told(life: CalmLife, commit: string): Promise<string[]> {
  const found = await Promise.all(
    ['base', 'web', 'api'].map(image => life.get(builds, image, shaOf(commit))),
  );
  return found.map(build => {
    if (build === undefined) return 'nothing';
    const from = ['c1', 'c2', 'c3', 'c4'].find(name => shaOf(name) === build.carries);
    if (from !== undefined) return `${build.image}: ${build.status}, carried from ${from}`;
    return `${build.image}: ${build.status}, since ${build.reasons?.join(' and ')}`;
  });
}
