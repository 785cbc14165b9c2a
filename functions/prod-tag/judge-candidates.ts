import { movedTogether } from '../../shared/domain/configuration/lookups.ts';
import { afterJudging } from '../../shared/domain/tags/after-judging.ts';
import { judgeTag } from '../../shared/domain/tags/judge-tag.ts';
import { moves, tags } from '../../shared/records/collections.ts';
import { readHolds } from '../../shared/records/holds.ts';
import { put } from '../../shared/records/records.ts';
import { gatherFacts } from './gather-facts.ts';
import { judgeTogether } from './judge-together.ts';
import type { ProdTag, TagRef } from './prod-tag.ts';

/** Gathers what is known of every candidate and judges them, until none is left to take. */
export async function judgeCandidates(its: ProdTag, ref: TagRef): Promise<void> {
  const { records, configuration, clock, log } = its;
  for (;;) {
    const known = await records.get(ref);
    if (known?.follows === undefined || known.candidates.length === 0) return;
    const { follows, image, tag: name, candidates } = known;
    const together = movedTogether(configuration, image, name);
    if (together.length > 1) return judgeTogether(its, known, together);
    const commits = [...new Set(candidates.map(({ commit }) => commit))];
    const holds = await readHolds(its);
    const facts = await gatherFacts(its, { ...known, follows }, { commits, holds });
    const onRewrite = configuration.repos[follows.repo]?.onRewrite ?? 'wait';
    const again = await records.transact({ tag: ref }, ({ tag }) => {
      if (tag === undefined) return { result: false, writes: [] };
      const now = clock.now();
      const judged = judgeTag(tag, facts, { now, onRewrite });
      const next = afterJudging(tag, judged, { now, heldUntil: facts.heldUntil });
      return {
        result: judged.again,
        writes: [put(tags, next), ...judged.moves.map(move => put(moves, move))],
      };
    });
    log.info('Candidates judged', { image, tag: name, candidates: candidates.length });
    if (!again) return;
  }
}
