import type { Move } from '../documents/move.ts';
import type { Candidate, Tag } from '../documents/tag.ts';
import { areOfNow, compareByRule, judgeByRule, type TagFacts } from './judge-by-rule.ts';
import type { CandidateVerdict } from './judge-candidate.ts';
import { type Rules, settle, take, type Verdicts } from './judge-tag.ts';

/** One image's tag of a whole tree: what is known of each commit that any of them is put up at. */
export type Part = {
  readonly tag: Tag;
  readonly facts: TagFacts;
  /** The image that was built of each commit. */
  readonly built: ReadonlyMap<string, Candidate>;
};
export type JudgedWhole = {
  readonly tags: readonly Tag[];
  readonly moves: readonly Move[];
  /** Candidates are left whose facts must be gathered anew. */
  readonly again: boolean;
};

/**
 * Judges the tags of a tree that moves as a whole: a commit is taken by all of them at once, when every image is built
 * there and none of them may not move there. Else it waits, or is refused, for all.
 */
export function judgeWhole(parts: readonly Part[], rules: Rules): JudgedWhole {
  const tags = parts.map(({ tag }) => tag);
  const commits = [...new Set(tags.flatMap(({ candidates }) => candidates.map(({ commit }) => commit)))];
  const known = commits.every(commit => parts.every(({ facts }) => facts.ofCommit.has(commit)));
  if (!known || !parts.every(({ tag, facts }) => areOfNow(tag, facts)))
    return { tags, moves: [], again: true };
  const verdicts = new Map(commits.map(commit => [commit, judgeCommit(parts, commit, rules)]));
  const best = furthest(parts, verdicts);
  return best === undefined ? settleAll(parts, verdicts, rules) : takeAll(parts, best, rules);
}

/** For each part what its own rule says of a commit; nothing where its image is not built there. */
type Verdict = { readonly candidate: Candidate; readonly verdict: CandidateVerdict } | undefined;
type Each = readonly Verdict[];

function judgeCommit(parts: readonly Part[], commit: string, { onRewrite }: Rules): Each {
  return parts.map(({ tag, facts, built }) => {
    const candidate = built.get(commit) ?? tag.candidates.find(other => other.commit === commit);
    const verdict = candidate && judgeByRule(tag, candidate, facts, onRewrite);
    return candidate === undefined || verdict === undefined ? undefined : { candidate, verdict };
  });
}

/** Where every image may go to the commit and one is not there yet. */
function mayMove(each: Each): boolean {
  const kinds = each.map(one => one?.verdict.kind);
  return kinds.every(kind => kind === 'take' || kind === 'repeat') && kinds.includes('take');
}

function furthest(parts: readonly Part[], verdicts: ReadonlyMap<string, Each>): Each | undefined {
  const takes = [...verdicts.values()].filter(mayMove);
  return takes.toSorted((a, b) => {
    const orders = parts.map(({ tag, facts }, i) => {
      const [one, other] = [a[i]?.candidate, b[i]?.candidate];
      return one === undefined || other === undefined ? 0 : compareByRule(tag, facts, [other, one]);
    });
    return orders.find(order => order !== 0) ?? 0;
  })[0];
}

function takeAll(parts: readonly Part[], each: Each, { now }: Rules): JudgedWhole {
  const judged = parts.map(({ tag }, i) => {
    const { candidate, verdict } = each[i] ?? {};
    if (candidate === undefined || verdict?.kind !== 'take') return { tag, moves: [] };
    const candidates = tag.candidates.filter(other => !isSame(other, candidate));
    return take({ ...tag, candidates }, { candidate, reason: verdict.reason }, now);
  });
  return {
    tags: judged.map(({ tag }) => tag),
    moves: judged.flatMap(({ moves }) => moves),
    again: true,
  };
}

function settleAll(
  parts: readonly Part[],
  verdicts: ReadonlyMap<string, Each>,
  { now, onRewrite }: Rules,
): JudgedWhole {
  const judged = parts.map(({ tag, facts }, i) => {
    const own: Verdicts = tag.candidates.flatMap(candidate => {
      const verdict = judgeByRule(tag, candidate, facts, onRewrite);
      const each = verdicts.get(candidate.commit) ?? [];
      return verdict === undefined ? [] : [{ candidate, verdict: together(parts, each, { verdict, i }) }];
    });
    return settle(tag, own, now);
  });
  return {
    tags: judged.map(({ tag }) => tag),
    moves: judged.flatMap(({ moves }) => moves),
    again: false,
  };
}

/** What its own rule takes has to wait for the others, and is refused where one of them is ahead. */
function together(
  parts: readonly Part[],
  each: Each,
  { verdict, i }: { readonly verdict: CandidateVerdict; readonly i: number },
): CandidateVerdict {
  if (verdict.kind !== 'take') return verdict;
  const tag = parts[i]?.tag.tag ?? '';
  const others = each.flatMap((one, j) => {
    const image = parts[j]?.tag.image ?? '';
    return one === undefined || j === i ? [] : [{ image, verdict: one.verdict }];
  });
  const against = (kind: 'refuse' | 'wait') =>
    others.flatMap(({ image, verdict }) =>
      verdict.kind === kind
        ? [{ ...verdict, reason: `${tag} moves as a whole, and ${image} stays: ${verdict.reason}` }]
        : [],
    )[0];
  const missing = {
    kind: 'wait',
    missing: true,
    reason: `not every image of ${tag} is built at this commit`,
  } as const;
  return against('refuse') ?? (each.includes(undefined) ? missing : (against('wait') ?? SUPERSEDED));
}

/** Another build of the commit than the one on record. */
const SUPERSEDED = { kind: 'repeat' } as const;

function isSame(a: Candidate, b: Candidate): boolean {
  return a.commit === b.commit && a.digest === b.digest;
}
