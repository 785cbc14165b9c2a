import { buildSettings } from '../../shared/domain/builds/build-settings.ts';
import { toBuild } from '../../shared/domain/builds/judge-build.ts';
import { instant } from '../../shared/domain/claims.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import type { Registry } from '../../shared/ports/registry.ts';
import { RegistryError } from '../../shared/ports/registry-error.ts';
import { builds } from '../../shared/records/collections.ts';
import { put, refTo } from '../../shared/records/records.ts';
import { createBuildRecord } from './build-record.ts';
import { type FinishBuild, finishBuild } from './finish-build.ts';
import { type KeepFiles, keepFiles } from './keep-files.ts';
import { placeOf, publishedTag } from './published-name.ts';

export type CarryImage = FinishBuild & KeepFiles & { readonly registry: Registry };
type Carrying = { readonly digest: string; readonly lost: AbortSignal };

/**
 * Gives the image of an earlier commit the name of this one too, without pulling it, so that every commit is a whole
 * stack; its pages are those of the build that made it. One that is no longer in the registry is built instead, with
 * all that stands on it.
 */
export async function carryImage(its: CarryImage, build: Build, { digest, lost }: Carrying): Promise<void> {
  const { records, registry, hints, clock, configuration } = its;
  const settings = buildSettings(configuration, build);
  if (settings === undefined) return;
  const record = createBuildRecord(clock, () => {});
  try {
    await record.step('carry', () => registry.retag(placeOf(settings), digest, publishedTag(build), lost));
  } catch (error) {
    if (lost.aborted || !(error instanceof RegistryError) || error.temporary) throw error;
    const ref = refTo(builds, build.image, build.commit);
    const isOurs = await records.transact({ found: ref }, ({ found }) => {
      if (found?.buildId !== build.buildId || found?.status !== 'building') {
        return { result: false, writes: [] };
      }
      const reason = `the image of ${build.carries?.slice(0, 7)} is not in the registry`;
      const again = { ...toBuild(found, reason), status: 'waiting', due: instant(clock.now()) } as const;
      return { result: true, writes: [put(builds, { ...again, claim: undefined, buildId: undefined })] };
    });
    if (isOurs) await hints.publish([{ topic: 'builds', collection: 'builds', key: ref.key }]);
    return;
  }
  const end = { built: { digest } };
  const results = await keepFiles(its, build, { record, end });
  await finishBuild(its, build, { ...end, steps: record.steps, results });
}
