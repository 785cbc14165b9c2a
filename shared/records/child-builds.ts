import { builtChildrenOf } from '../domain/configuration/lookups.ts';
import type { Configuration } from '../domain/configuration/schema.ts';
import type { Build } from '../domain/documents/build.ts';
import { builds } from './collections.ts';
import { queryAll } from './query-all.ts';
import { type RecordRef, type Records, refTo } from './records.ts';

/** The builds that stand on one at its commit: as it is on record, and as the configuration says. */
export function childRefs(
  configuration: Configuration,
  { image, commit, children = [] }: Pick<Build, 'image' | 'commit' | 'children'>,
): RecordRef<Build>[] {
  const names = new Set([...builtChildrenOf(configuration, image), ...children]);
  return [...names].map(child => refTo(builds, child, commit));
}

/** The builds that one stands on at its commit, from its parent up. */
export async function ancestorRefs(
  records: Records,
  { parent, parents = [], commit }: Pick<Build, 'parent' | 'parents' | 'commit'>,
): Promise<RecordRef<Build>[]> {
  const found = new Map<string, RecordRef<Build>>();
  const wanted = [parent, ...parents];
  for (let name = wanted.shift(); wanted.length > 0 || name !== undefined; name = wanted.shift()) {
    if (name === undefined || found.has(name)) continue;
    const ref = refTo(builds, name, commit);
    found.set(name, ref);
    const above = await records.get(ref);
    wanted.push(above?.parent, ...(above?.parents ?? []));
  }
  return [...found.values()];
}

/** The builds that may have to end when one fails: all others of its commit, where its repo wants that. */
export async function refsToStop(
  { records, configuration }: { readonly records: Records; readonly configuration: Configuration },
  failed: Pick<Build, 'image' | 'commit' | 'repo'>,
): Promise<RecordRef<Build>[]> {
  const wants = configuration.repos[failed.repo]?.builds.stopAll === true;
  return wants ? refsOfCommit(records, failed) : [];
}

/** All other builds of the same commit. */
export async function refsOfCommit(
  records: Records,
  { image, commit }: Pick<Build, 'image' | 'commit'>,
): Promise<RecordRef<Build>[]> {
  const all = await queryAll(records, builds, [{ field: 'commit', is: '==', value: commit }]);
  return all.filter(build => build.image !== image).map(build => refTo(builds, build.image, commit));
}
