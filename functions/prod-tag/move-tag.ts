import { instant } from '../../shared/domain/claims.ts';
import { repositoryOf } from '../../shared/domain/configuration/lookups.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { isOurs, judgeMove, recordMoved } from '../../shared/domain/tags/judge-move.ts';
import { moves, services, tags } from '../../shared/records/collections.ts';
import { put } from '../../shared/records/records.ts';
import type { ProdTag, TagRef } from './prod-tag.ts';
import { takeForeign } from './read-tag.ts';
import { followerRefs, wake, wakeUp } from './wake-followers.ts';

const CLAIM_MS = 30_000;
/** The act ends well inside the claim, so that nothing lands after it has passed to another. */
const ACT_MS = 20_000;

/** Points the tag in the registry at the digest it should have, until both agree or somebody else turns out to have moved it. */
export async function moveTag(its: ProdTag, ref: TagRef): Promise<'settled' | 'foreign'> {
  const { records, clock, worker, log } = its;
  for (;;) {
    const now = clock.now();
    const claim = { by: worker, until: instant(now + CLAIM_MS) };
    const verdict = await records.transact({ tag: ref }, ({ tag }) => {
      const judged = judgeMove(tag, claim, now);
      return { result: judged, writes: judged.kind === 'move' ? [put(tags, judged.tag)] : [] };
    });
    if (verdict.kind === 'leave') return 'settled';
    if (!(await retag(its, ref, verdict.tag))) return 'foreign';
    const followers = followerRefs(its, verdict.tag);
    const woken = await records.transact({ tag: ref, followers }, found => {
      if (found.tag === undefined) return { result: [], writes: [] };
      const done = recordMoved(found.tag, verdict.to, { by: worker, now: clock.now() });
      const due = wake(found.followers, clock.now());
      const ledger = done.move === undefined ? [] : [put(moves, done.move)];
      return {
        result: due,
        writes: [put(tags, done.tag), ...ledger, ...due.map(service => put(services, service))],
      };
    });
    const { image, tag } = verdict.tag;
    log.info('Tag moved', { image, tag, commit: verdict.to.commit, digest: verdict.to.digest });
    await wakeUp(its, woken);
  }
}

/** False when the registry turned out to hold what somebody else put there. */
async function retag(its: ProdTag, ref: TagRef, tag: Tag): Promise<boolean> {
  const { registry, configuration } = its;
  const digest = tag.wanted?.digest;
  if (digest === undefined) return false;
  const repository = repositoryOf(configuration, tag.image);
  const present = await registry.head({ ...repository, tag: tag.tag });
  if (present?.digest === digest) return true;
  if (present !== undefined && !isOurs(tag, present.digest) && (await takeForeign(its, ref, present.digest)))
    return false;
  await registry.retag(repository, digest, tag.tag, AbortSignal.timeout(ACT_MS));
  return true;
}
