import { hasEnded } from '../../shared/domain/builds/has-ended.ts';
import { instant } from '../../shared/domain/claims.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { milliseconds } from '../../shared/domain/durations.ts';
import { createInUse } from '../../shared/domain/results/in-use.ts';
import { buildFolder } from '../../shared/domain/results/result-names.ts';
import type { Artifacts } from '../../shared/ports/artifacts.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Log } from '../../shared/ports/log.ts';
import { builds, keyOf, promotions, services, tags } from '../../shared/records/collections.ts';
import { queryAll } from '../../shared/records/query-all.ts';
import { put, type Records, refTo } from '../../shared/records/records.ts';

type RemoveResults = {
  readonly records: Records;
  readonly artifacts: Pick<Artifacts, 'remove'>;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly log: Log;
};

/** How many builds one call looks at: what is left is still old at the next. */
const AT_ONCE = 20;
const PAGE = 20;

/**
 * Removes what builds left behind longer ago than the configuration wants, a few builds at a time. What is still in use
 * counts as kept now, so that it is not looked at again before long: it stays for that time after its last use too.
 * Safe to repeat, and beside itself. Returns of how many builds it removed something.
 */
export async function removeResults(its: RemoveResults): Promise<number> {
  const { records, artifacts, configuration, clock, log } = its;
  const now = clock.now();
  const old = await records.query(builds, {
    where: [{ field: 'keptAt', is: '<=', value: instant(now - milliseconds(configuration.keep.results)) }],
    orderBy: { field: 'keptAt', direction: 'asc' },
    limit: AT_ONCE,
  });
  if (old.length === 0) return 0;
  const isInUse = await readInUse(records);
  let removed = 0;
  for (const build of old) {
    const { image, commit } = build;
    const stays = !hasEnded(build) || isInUse(build) || (await isLookedAt(records, build));
    if (!stays) {
      await artifacts.remove(buildFolder(build));
      log.info('Results removed', { image, commit, keptAt: build.keptAt });
      removed += 1;
    }
    const changes = stays ? { keptAt: instant(now) } : { keptAt: undefined, results: undefined };
    await records.transact({ found: refTo(builds, image, commit) }, ({ found }) => {
      // Else it was built anew meanwhile, and has others.
      const isSame = found !== undefined && found.keptAt === build.keptAt;
      return { result: undefined, writes: isSame ? [put(builds, { ...found, ...changes })] : [] };
    });
  }
  return removed;
}

async function readInUse(records: Records) {
  const [allTags, allServices, allPromotions] = await Promise.all([
    queryAll(records, tags, []),
    queryAll(records, services, []),
    queryAll(records, promotions, []),
  ]);
  return createInUse({ tags: allTags, services: allServices, promotions: allPromotions });
}

/** The newest good one of its image; or its pages are those of another build too, which took its image over. */
async function isLookedAt(records: Records, build: Build): Promise<boolean> {
  const newest = await newestGood(records, build.image);
  return newest?.commit === build.commit || (await isTakenOver(records, build));
}

async function newestGood(records: Records, image: string): Promise<Build | undefined> {
  for (let after: string | undefined; ; ) {
    const page = await records.query(builds, {
      where: [{ field: 'image', is: '==', value: image }],
      orderBy: { field: 'requestedAt', direction: 'desc' },
      limit: PAGE,
      ...(after !== undefined && { after }),
    });
    const found = page.find(({ status, tryJob }) => status === 'succeeded' && tryJob === undefined);
    const last = page.at(-1);
    if (found !== undefined || last === undefined || page.length < PAGE) return found;
    after = keyOf(builds.parts(last));
  }
}

async function isTakenOver(records: Records, build: Build): Promise<boolean> {
  if (build.digest === undefined) return false;
  const same = await queryAll(records, builds, [
    { field: 'image', is: '==', value: build.image },
    { field: 'digest', is: '==', value: build.digest },
  ]);
  return same.some(({ commit, results }) => commit !== build.commit && results === buildFolder(build));
}
