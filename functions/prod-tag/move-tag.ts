import { instant } from '../../shared/domain/claims.ts';
import { repositoryOf } from '../../shared/domain/configuration/lookups.ts';
import type { StandingHold } from '../../shared/domain/documents/hold.ts';
import type { Standing, Tag } from '../../shared/domain/documents/tag.ts';
import { judgeMove, recordMoved, stay } from '../../shared/domain/tags/judge-move.ts';
import { isOurs } from '../../shared/domain/tags/judge-reading.ts';
import { moves, services, tags } from '../../shared/records/collections.ts';
import { readHolds } from '../../shared/records/holds.ts';
import { put } from '../../shared/records/records.ts';
import { endContained, holdsOver } from './holds.ts';
import type { ProdTag, TagRef } from './prod-tag.ts';
import { takeForeign } from './read-tag.ts';
import { takeBack } from './take-back.ts';
import { followerRefs, wake, wakeUp } from './wake-followers.ts';

const CLAIM_MS = 30_000;
/** The act ends well inside the claim, so that nothing lands after it has passed to another. */
const ACT_MS = 20_000;

/** Points the tag in the registry at the digest it should have, until both agree or somebody else turns out to have moved it. */
export async function moveTag(its: ProdTag, ref: TagRef): Promise<'settled' | 'foreign'> {
  const { records, clock, worker } = its;
  for (;;) {
    // Its time begins before the claim's: however long the transaction takes, the act ends first.
    const deadline = AbortSignal.timeout(ACT_MS);
    const now = clock.now();
    const claim = { by: worker, until: instant(now + CLAIM_MS) };
    const verdict = await records.transact({ tag: ref }, ({ tag }) => {
      const judged = judgeMove(tag, claim, now);
      return { result: judged, writes: judged.tag === undefined ? [] : [put(tags, judged.tag)] };
    });
    if (verdict.kind === 'leave') return 'settled';
    const { tag, to } = verdict;
    const holds = await readHolds(its);
    // Claimed first and asked then: what is held from now on finds it moving.
    if (to.by === undefined && (await isHeld(its, { ref, tag, to }, holds))) return 'settled';
    try {
      if (!(await retag(its, { ref, tag, to, deadline }))) return 'foreign';
    } catch (error) {
      if (await takeBack(its, { tag, to }, error)) return 'settled';
      throw error;
    }
    await recordResult(its, { ref, tag, to });
    await endContained(its, tag, holds);
  }
}

type Move = { readonly ref: TagRef; readonly tag: Tag; readonly to: Standing };

async function isHeld(
  its: ProdTag,
  { ref, tag, to }: Move,
  holds: readonly StandingHold[],
): Promise<boolean> {
  const { records, clock, worker: by, log } = its;
  const over = holdsOver(its, tag, holds);
  const why = await over.of(to.commit);
  if (why === undefined) return false;
  await records.transact({ found: ref }, ({ found }) => ({
    result: undefined,
    writes:
      found === undefined ? [] : [put(tags, stay(found, { by, why, until: over.next, now: clock.now() }))],
  }));
  log.info('Tag held', { image: tag.image, tag: tag.tag, why });
  return true;
}

/** False when the registry turned out to hold what somebody else put there. */
async function retag(
  its: ProdTag,
  { ref, tag, to, deadline }: Move & { deadline: AbortSignal },
): Promise<boolean> {
  const { registry, configuration } = its;
  const repository = repositoryOf(configuration, tag.image);
  const present = await registry.head({ ...repository, tag: tag.tag });
  if (present?.digest === to.digest) return true;
  const foreign = present !== undefined && to.by === undefined && !isOurs(tag, present.digest);
  if (foreign && (await takeForeign(its, { ref, tag, digest: present.digest }))) return false;
  deadline.throwIfAborted();
  await registry.retag(repository, to.digest, tag.tag, deadline);
  return true;
}

async function recordResult(its: ProdTag, { ref, tag: { image, tag }, to }: Move): Promise<void> {
  const { records, clock, worker, log } = its;
  const followers = await followerRefs(its, { image, tag });
  const woken = await records.transact({ tag: ref, followers }, found => {
    if (found.tag === undefined) return { result: undefined, writes: [] };
    const done = recordMoved(found.tag, to, { by: worker, now: clock.now() });
    if (done.move === undefined) return { result: undefined, writes: [] };
    const due = wake(found.followers, clock.now());
    const writes = [
      put(tags, done.tag),
      put(moves, done.move),
      ...due.map(service => put(services, service)),
    ];
    return { result: due, writes };
  });
  if (woken === undefined) return;
  log.info('Tag moved', { image, tag, commit: to.commit, digest: to.digest });
  await wakeUp(its, woken);
}
