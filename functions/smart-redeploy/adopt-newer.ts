import { instant } from '../../shared/domain/claims.ts';
import { adoptions } from '../../shared/records/collections.ts';
import { put, refTo } from '../../shared/records/records.ts';
import { type AdoptConfiguration, adoptConfiguration } from './adopt-configuration.ts';

type AdoptNewer = AdoptConfiguration & {
  /** Which version it is of all that were put in force; a version that is brought back counts as a new one. */
  readonly configurationVersion: number;
};

/**
 * Adopts a configuration that is newer than the one adopted last, and says whether it was. Where instances come and go
 * by the minute, each with what it believes to be in force, neither a start nor an instance that has not yet seen
 * the newest version has every service looked at anew.
 */
export async function adoptNewer(its: AdoptNewer): Promise<boolean> {
  const { records, clock, configurationVersion: version } = its;
  const ref = refTo(adoptions, 'adopted');
  if (isAdopted(await records.get(ref))) return false;
  await adoptConfiguration(its);
  // Only now, so that what a crash left half adopted is adopted again.
  await records.transact([ref], ([found]) => ({
    result: undefined,
    writes: isAdopted(found) ? [] : [put(adoptions, { version, at: instant(clock.now()) })],
  }));
  return true;

  function isAdopted(last: { readonly version: number } | undefined): boolean {
    return last !== undefined && last.version >= version;
  }
}
