import { builtChildrenOf } from '../domain/configuration/lookups.ts';
import type { Configuration } from '../domain/configuration/schema.ts';
import type { Build } from '../domain/documents/build.ts';
import { builds } from './collections.ts';
import { queryAll } from './query-all.ts';
import { type RecordRef, type Records, refTo } from './records.ts';

/** The builds that stand on one: as the configuration says, or for what its commit says itself, as they are on record. */
export async function childRefs(
  { records, configuration }: { readonly records: Records; readonly configuration: Configuration },
  { image, commit, recipe }: Pick<Build, 'image' | 'commit' | 'recipe'>,
): Promise<RecordRef<Build>[]> {
  if (recipe === undefined) {
    return builtChildrenOf(configuration, image).map(child => refTo(builds, child, commit));
  }
  const where = [
    { field: 'parent', is: '==', value: image },
    { field: 'commit', is: '==', value: commit },
  ] as const;
  const children = await queryAll(records, builds, where);
  return children.map(child => refTo(builds, child.image, commit));
}
