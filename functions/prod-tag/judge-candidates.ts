import { movedTogether } from '../../shared/domain/configuration/lookups.ts';
import { gatesOfMove } from '../../shared/domain/gates/gates-of.ts';
import { questionsOf } from '../../shared/domain/gates/questions-of-tag.ts';
import { afterJudging } from '../../shared/domain/tags/after-judging.ts';
import { judgeTag } from '../../shared/domain/tags/judge-tag.ts';
import { gates as gateResults, moves, tags } from '../../shared/records/collections.ts';
import { readHolds } from '../../shared/records/holds.ts';
import { put } from '../../shared/records/records.ts';
import { areAmong, askedBy, askGates, resultRefs } from './gates.ts';
import { gatherFacts } from './gather-facts.ts';
import { judgeTogether } from './judge-together.ts';
import type { ProdTag, TagRef } from './prod-tag.ts';

/** Gathers what is known of every candidate and judges them, until none is left to take. */
export async function judgeCandidates(its: ProdTag, ref: TagRef): Promise<void> {
  const { records, configuration, clock, log } = its;
  for (;;) {
    const known = await records.get(ref);
    if (known?.follows === undefined) return;
    const { follows, image, tag: name, candidates } = known;
    if (candidates.length === 0 && known.asks === undefined) return;
    const together = movedTogether(configuration, image, name);
    if (together.length > 1) return judgeTogether(its, known, together);
    const commits = [...new Set(candidates.map(({ commit }) => commit))];
    const holds = await readHolds(its);
    const facts = await gatherFacts(its, { ...known, follows }, { commits, holds });
    const onRewrite = configuration.repos[follows.repo]?.onRewrite ?? 'wait';
    const asked = askedBy(known);
    const refs = { tag: ref, results: resultRefs(its, asked) };
    const { again, questions } = await records.transact(refs, ({ tag, results }) => {
      if (tag === undefined) return { result: { again: false, questions: [] }, writes: [] };
      if (!areAmong(asked, [tag])) return { result: { again: true, questions: [] }, writes: [] };
      const now = clock.now();
      const gates = {
        named: gatesOfMove(configuration, name),
        results: results.filter(result => result !== undefined),
      };
      const judged = judgeTag(tag, facts, { now, onRewrite, gates });
      const next = afterJudging(tag, judged, { now, heldUntil: facts.heldUntil });
      const questions = questionsOf(next, { ...gates, before: tag }, now);
      const ledger = judged.moves.map(move => put(moves, move));
      const writes = [put(tags, next), ...ledger, ...questions.map(question => put(gateResults, question))];
      return { result: { again: judged.again, questions }, writes };
    });
    log.info('Candidates judged', { image, tag: name, candidates: candidates.length });
    await askGates(its, questions);
    if (!again) return;
  }
}
