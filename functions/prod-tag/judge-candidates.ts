import type { Tag } from '../../shared/domain/documents/tag.ts';
import { isReachable, type Ordered } from '../../shared/domain/order/relations.ts';
import type { CandidateFacts } from '../../shared/domain/tags/judge-candidate.ts';
import { dueOfTag, isBehind, judgeTag, type TagFacts } from '../../shared/domain/tags/judge-tag.ts';
import { branches, moves, tags } from '../../shared/records/collections.ts';
import { put, refTo } from '../../shared/records/records.ts';
import type { ProdTag, TagRef } from './prod-tag.ts';

/** Gathers what the order of commits says of every candidate and judges them, until none is left to take. */
export async function judgeCandidates(its: ProdTag, ref: TagRef): Promise<void> {
  const { records, configuration, clock, log } = its;
  for (;;) {
    const known = await records.get(ref);
    if (known?.follows === undefined || known.candidates.length === 0) return;
    const facts = await gather(its, known, known.follows);
    const onRewrite = configuration.repos[known.follows.repo]?.onRewrite ?? 'wait';
    const again = await records.transact({ tag: ref }, ({ tag }) => {
      if (tag === undefined) return { result: false, writes: [] };
      const now = clock.now();
      const judged = judgeTag(tag, facts, { now, onRewrite });
      const idle =
        judged.moves.length === 0 && judged.tag.candidates.every(({ waits }) => waits !== undefined);
      const attempts = idle && judged.tag.candidates.length > 0 ? tag.attempts + 1 : 0;
      const lastError = isBehind(judged.tag) ? tag.lastError : undefined;
      const next = { ...judged.tag, attempts, lastError };
      const due = dueOfTag(next, now);
      return {
        result: judged.again,
        writes: [put(tags, { ...next, due }), ...judged.moves.map(move => put(moves, move))],
      };
    });
    log.info('Candidates judged', {
      image: known.image,
      tag: known.tag,
      candidates: known.candidates.length,
    });
    if (!again) return;
  }
}

async function gather(its: ProdTag, tag: Tag, follows: { repo: string; branch: string }): Promise<TagFacts> {
  const { records, order, forge } = its;
  const { repo, branch } = follows;
  const standing = tag.wanted?.commit;
  const head = (await records.get(refTo(branches, repo, branch)))?.head;
  let forgeHead: string | undefined;
  const toHead = async (sha: string): Promise<Ordered> => {
    const known = head === undefined ? undefined : await order({ repo, branch, a: sha, b: head });
    if (known !== undefined && isReachable(known.relation)) return known;
    // Its push may not have arrived yet: the forge knows the branch better.
    forgeHead ??= await forge.head(repo, branch);
    return forgeHead === undefined ? { relation: 'unknown' } : order({ repo, a: sha, b: forgeHead });
  };
  const ofCommit = new Map<string, CandidateFacts>();
  const standingToHead = standing === undefined ? undefined : (await toHead(standing)).relation;
  for (const commit of new Set(tag.candidates.map(candidate => candidate.commit))) {
    ofCommit.set(commit, {
      ...(standing !== undefined && { toStanding: await order({ repo, branch, a: commit, b: standing }) }),
      ...(standingToHead !== undefined && { standingToHead }),
      toHead: (await toHead(commit)).relation,
    });
  }
  return { standing, ofCommit };
}
