import type { ExecutionContext } from 'ava';
import type { RegistryClient } from '../../shared/adapters/registry/client.ts';
import { collect } from './collect.ts';
import { rawRequest } from './raw-request.ts';

type Named = { readonly digest: string; readonly size: number };
type Contents = {
  readonly config?: Named;
  readonly layers?: readonly Named[];
  readonly manifests?: readonly Named[];
};

/**
 * Reads everything that an embedded registry serves, and fails the test for a digest that does not fit its bytes or
 * a part that is missing. @returns the digests of all tags, as `repository:tag`.
 */
export async function checkRegistry(
  t: ExecutionContext,
  { client, host }: { readonly client: RegistryClient; readonly host: string },
): Promise<Record<string, string>> {
  const catalog = await rawRequest(host, { path: '/v2/_catalog' });
  const { repositories } = JSON.parse(catalog.body.toString()) as {
    readonly repositories: readonly string[];
  };
  const found: Record<string, string> = {};
  for (const repository of repositories) {
    const at = { registry: host, repository };
    for (const tag of await collect(client.tags(at))) {
      found[`${repository}:${tag}`] = await checkManifest({ ...at, tag });
    }
  }
  return found;

  /** The client itself throws when bytes do not fit their digest. */
  async function checkManifest(image: {
    registry: string;
    repository: string;
    tag?: string;
    digest?: string;
  }) {
    const manifest = await client.manifest(image);
    if (manifest === undefined) return t.fail(`${image.repository} lacks ${image.digest ?? image.tag}`) && '';
    const {
      config,
      layers = [],
      manifests = [],
    } = JSON.parse(Buffer.from(manifest.bytes).toString()) as Contents;
    for (const { digest } of manifests) await checkManifest({ ...image, digest });
    for (const { digest, size } of config === undefined ? layers : [config, ...layers]) {
      let length = 0;
      for await (const chunk of client.content(image, digest)) length += chunk.length;
      t.is(length, size);
    }
    return manifest.digest;
  }
}
