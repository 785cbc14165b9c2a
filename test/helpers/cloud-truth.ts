import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { readAll } from './host-process-checks.ts';
import type { HostShop } from './host-process-shop.ts';

type Document = Readonly<Record<string, unknown>>;

const IMAGES = ['web', 'api', 'jobs'];

/** What must be the same in whatever order the facts came: what is built, where tags stand, what runs, what is served. */
export async function readTruth({
  url,
  registry,
  manifests,
}: Pick<HostShop, 'url' | 'registry' | 'manifests'>) {
  const pick = async (collection: string, ...fields: readonly string[]) => {
    const found = await readAll<Document>(url, `${collection}?`);
    return found.map(document => fields.map(field => withoutTimes(document[field]))).toSorted(byText);
  };
  const client = createRegistryClient({ credentials: async () => undefined });
  const served = IMAGES.map(async image => {
    const head = await client.head({ registry, repository: `shop/${image}`, tag: 'prod' });
    return [image, head?.digest] as const;
  });
  const written = IMAGES.map(
    async image => [image, await manifests.git('show', `main:${image}.yaml`)] as const,
  );
  return {
    branches: await pick('branches', 'repo', 'branch', 'head'),
    builds: await pick('builds', 'image', 'commit', 'status', 'digest'),
    tags: await pick('tags', 'image', 'tag', 'wanted', 'observed'),
    services: await pick('services', 'target', 'service', 'phase', 'wanted', 'observed'),
    served: await Promise.all(served),
    written: await Promise.all(written),
  };
}

/** Of an object only the commit and the digest: the times differ at which things happened to be seen. */
function withoutTimes(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { commit, digest } = value as Document;
  return { commit, digest };
}

function byText(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}
