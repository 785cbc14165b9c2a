import { z } from 'zod';
import { isCommitSha } from '../../domain/names/commit-sha.ts';
import { Digest } from '../../domain/names/digest.ts';
import type { ImageReference } from '../../domain/names/image-reference.ts';
import type { ImageStore } from '../../ports/image-store.ts';

const Index = z.object({ manifests: z.array(z.object({ digest: Digest })).min(1) });
const Manifest = z.object({ config: z.object({ digest: Digest }) });
const Configuration = z.object({
  config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).optional(),
});
const REVISION = 'org.opencontainers.image.revision';

/**
 * The commit that an image says it was built from: its `org.opencontainers.image.revision` label, of the first
 * child where it is an index. Nothing when there is no image, no such label, or no full commit in it.
 * https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md#pre-defined-annotation-keys
 */
export function revisionOf(store: ImageStore): (image: ImageReference) => Promise<string | undefined> {
  return async function revision(image) {
    const found = await store.manifest(image);
    if (found === undefined) return undefined;
    const content: unknown = JSON.parse(Buffer.from(found.bytes).toString('utf8'));
    const index = Index.safeParse(content);
    const { registry, repository } = image;
    if (index.success)
      return revision({ registry, repository, digest: index.data.manifests[0]?.digest ?? '' });
    const manifest = Manifest.safeParse(content);
    if (!manifest.success) return undefined;
    const bytes = await store.blob({ registry, repository }, manifest.data.config.digest);
    const configuration = Configuration.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8')));
    const label = configuration.data?.config?.Labels?.[REVISION];
    return label !== undefined && isCommitSha(label) ? label : undefined;
  };
}
