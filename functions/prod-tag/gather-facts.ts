import type { StandingHold } from '../../shared/domain/documents/hold.ts';
import type { Candidate, Follows, Tag } from '../../shared/domain/documents/tag.ts';
import { isReachable, type Ordered } from '../../shared/domain/order/relations.ts';
import type { TagFacts } from '../../shared/domain/tags/judge-by-rule.ts';
import type { CandidateFacts } from '../../shared/domain/tags/judge-candidate.ts';
import { branches, gitTags } from '../../shared/records/collections.ts';
import { refTo } from '../../shared/records/records.ts';
import { holdsOver } from './holds.ts';
import type { ProdTag } from './prod-tag.ts';

/** More Git tags than anybody gives one commit. */
const MANY = 100;

/** What the order of commits, Git tags and holds say of commits that are put up for a tag. */
export async function gatherFacts(
  its: ProdTag,
  tag: Tag & { readonly follows: Follows },
  { commits, holds }: Asked,
): Promise<TagFacts> {
  const { repo, branch, gitTags: rule } = tag.follows;
  const standing = tag.wanted?.commit;
  const back = tag.rolledBack;
  const toHead = rule === undefined ? await createToHead(its, { repo, branch }) : async () => AT_HEAD;
  const placeOf = async (commit: string) => {
    const { relation, distance } = await toHead(commit);
    return { toHead: relation, behindHead: distance };
  };
  const seenFrom = async (from: string | undefined) => {
    const fromToHead = from === undefined ? undefined : (await toHead(from)).relation;
    const ofCommit = new Map<string, CandidateFacts>();
    for (const commit of commits) {
      ofCommit.set(commit, {
        ...(from !== undefined && { toStanding: await its.order({ repo, branch, a: commit, b: from }) }),
        ...(fromToHead !== undefined && { standingToHead: fromToHead }),
        ...(await placeOf(commit)),
      });
    }
    return ofCommit;
  };
  const named = [...commits, ...[standing, back?.commit].filter(commit => commit !== undefined)];
  return {
    standing,
    ofCommit: await seenFrom(standing),
    heard: tag.heard,
    ...(await heldOf(its, tag, { commits, holds })),
    ...(back !== undefined && {
      afterRollback: { from: back.commit, ofCommit: await seenFrom(back.commit) },
    }),
    ...(rule !== undefined && { gitTags: await namesOf(its, repo, named) }),
  };
}

type Asked = {
  readonly commits: readonly Candidate['commit'][];
  /** Those that stand now. */
  readonly holds: readonly StandingHold[];
};

/** Git tags are followed wherever they are. */
const AT_HEAD: Ordered = { relation: 'same' };

async function createToHead({ records, order, forge }: ProdTag, { repo, branch }: Follows) {
  const head = (await records.get(refTo(branches, repo, branch)))?.head;
  let forgeHead: string | undefined;
  return async (sha: string): Promise<Ordered> => {
    const known = head === undefined ? undefined : await order({ repo, branch, a: sha, b: head });
    if (known !== undefined && isReachable(known.relation)) return known;
    // Its push may not have arrived yet: the forge knows the branch better.
    forgeHead ??= await forge.head(repo, branch);
    return forgeHead === undefined ? { relation: 'unknown' } : order({ repo, a: sha, b: forgeHead });
  };
}

async function heldOf(its: ProdTag, tag: Tag, { commits, holds }: Asked) {
  const over = holdsOver(its, tag, holds);
  const held = new Map<string, string>();
  for (const commit of commits) {
    const why = await over.of(commit);
    if (why !== undefined) held.set(commit, why);
  }
  return { held, ...(over.next !== undefined && held.size > 0 && { heldUntil: over.next }) };
}

async function namesOf({ records }: ProdTag, repo: string, commits: readonly string[]) {
  const names = new Map<string, string[]>();
  for (const commit of new Set(commits)) {
    const where = [
      { field: 'repo', is: '==', value: repo },
      { field: 'commit', is: '==', value: commit },
    ] as const;
    const found = await records.query(gitTags, { where, limit: MANY });
    names.set(
      commit,
      found.filter(({ deleted }) => !deleted).map(({ name }) => name),
    );
  }
  return names;
}
