import { repositoryOf } from '../../shared/domain/configuration/lookups.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import type { Remark } from '../../shared/domain/documents/survey.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { formatImageReference } from '../../shared/domain/names/image-reference.ts';
import { tags } from '../../shared/records/collections.ts';
import { type Records, refTo } from '../../shared/records/records.ts';
import type { PublishedImages } from './published.ts';

type Options = { readonly records: Records; readonly configuration: Configuration };

/** Every tag of the configuration that is not in its registry as headway saw it last, with before and after. */
export async function findTags(
  { records, configuration }: Options,
  published: PublishedImages,
): Promise<{ tags: Tag[]; remarks: Remark[] }> {
  const names = Object.entries(configuration.tags).flatMap(([tag, { images }]) =>
    images.map(image => ({ image, tag })),
  );
  const each = await Promise.all(
    names.map(async ({ image, tag }) => {
      const known = await records.get(refTo(tags, image, tag));
      // What is being moved, or was never seen, is no surprise.
      if (known?.observed === undefined || known.claim !== undefined) return [];
      const reference = { ...repositoryOf(configuration, image), tag };
      const found = await published.of(reference);
      if (!('digest' in found) || found.digest === known.observed.digest) return [];
      const says = `it was moved by somebody else, from ${known.observed.digest} to ${found.digest}`;
      return [{ tag: known, remark: { kind: 'tag', about: formatImageReference(reference), says } as const }];
    }),
  );
  const found = each.flat();
  return { tags: found.map(({ tag }) => tag), remarks: found.map(({ remark }) => remark) };
}
