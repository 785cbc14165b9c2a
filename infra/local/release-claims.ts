import { recordDeath } from '../../shared/domain/builds/judge-build.ts';
import { instant } from '../../shared/domain/claims.ts';
import type { Claim } from '../../shared/domain/documents/waiting.ts';
import {
  builds,
  type Collection,
  gates,
  promotions,
  services,
  tags,
} from '../../shared/records/collections.ts';
import { put, type Records, refTo } from '../../shared/records/records.ts';

type Waiting = { readonly claim?: Claim | undefined; readonly due?: string | undefined };
type Release = {
  readonly now: number;
  /** The host before this one ended without having been told to: a build may be the reason. */
  readonly isKilled: boolean;
};

/**
 * Ends the claims of workers that are gone. Only for a host that knows itself to be alone: what its predecessor
 * was doing when it was killed is due now, instead of when the claim would have expired.
 */
export async function releaseClaims(records: Records, { now, isKilled }: Release): Promise<void> {
  await releaseAll(records, builds, now, build => (isKilled ? recordDeath(build, now) : released(build)));
  await releaseAll(records, tags, now);
  await releaseAll(records, services, now);
  await releaseAll(records, promotions, now);
  await releaseAll(records, gates, now);
}

function released<T extends Waiting>(document: T): T {
  return { ...document, claim: undefined };
}

async function releaseAll<T extends Waiting>(
  records: Records,
  collection: Collection<T>,
  now: number,
  release: (document: T) => T = released,
): Promise<void> {
  const where = [{ field: 'due', is: '>=', value: '' }] as const;
  const orderBy = { field: 'due', direction: 'asc' } as const;
  for (const document of await records.query(collection, { where, orderBy, limit: 1_000 })) {
    if (document.claim === undefined) continue;
    await records.transact({ found: refTo(collection, ...collection.parts(document)) }, ({ found }) => {
      if (found === undefined) return { result: undefined, writes: [] };
      return {
        result: undefined,
        writes: [put(collection, { ...release(found), due: instant(now) })],
      };
    });
  }
}
