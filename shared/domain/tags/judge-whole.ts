import type { Move } from '../documents/move.ts';
import type { Candidate, Tag } from '../documents/tag.ts';
import { type Asks, BEHIND, judgePassage, NO_GATES, withAsks } from '../gates/judge-passage.ts';
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
 * there, none of them may not move there and all have passed the gates. Else it waits, or is refused, for all.
 */
export function judgeWhole(parts: readonly Part[], rules: Rules): JudgedWhole {
  const tags = parts.map(({ tag }) => tag);
  const commits = [...new Set(tags.flatMap(({ candidates }) => candidates.map(({ commit }) => commit)))];
  const known = commits.every(commit => parts.every(({ facts }) => facts.ofCommit.has(commit)));
  if (!known || !parts.every(({ tag, facts }) => areOfNow(tag, facts)))
    return { tags, moves: [], again: true };
  const byRule = new Map(commits.map(commit => [commit, judgeCommit(parts, commit, rules)]));
  const { verdicts, asks } = throughGates(parts, byRule, rules);
  const asking = parts.map((part, i) => ({ ...part, tag: withAsks(part.tag, asks[i] ?? []) }));
  const [best] = takesOf(parts, verdicts);
  return best === undefined ? settleAll(asking, verdicts, rules) : takeAll(asking, best[1], rules);
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

/** The commits that all may go to, the farthest ahead first. */
function takesOf(parts: readonly Part[], verdicts: ReadonlyMap<string, Each>): [string, Each][] {
  const takes = [...verdicts].filter(([, each]) => mayMove(each));
  return takes.toSorted(([, a], [, b]) => {
    const orders = parts.map(({ tag, facts }, i) => {
      const [one, other] = [a[i]?.candidate, b[i]?.candidate];
      return one === undefined || other === undefined ? 0 : compareByRule(tag, facts, [other, one]);
    });
    return orders.find(order => order !== 0) ?? 0;
  });
}

/**
 * The verdicts once the gates had their say of every image that would move; and what each part asks. They are asked
 * about the farthest commit that they have not refused.
 */
function throughGates(
  parts: readonly Part[],
  byRule: ReadonlyMap<string, Each>,
  { gates = NO_GATES, now }: Rules,
): { readonly verdicts: ReadonlyMap<string, Each>; readonly asks: readonly Asks[] } {
  const verdicts = new Map(byRule);
  let asks: readonly Asks[] | undefined;
  for (const [commit, each] of takesOf(parts, byRule)) {
    const passages = each.map((one, i) => {
      const tag = parts[i]?.tag;
      const moves = one?.verdict.kind === 'take' && tag !== undefined;
      return moves ? judgePassage(tag, one.candidate, { gates, now }) : undefined;
    });
    const isRefused = passages.some(passage => passage?.kind === 'failed');
    const stopped = each.map((one, i): Verdict => {
      const passage = passages[i];
      if (one === undefined || passage === undefined || passage.kind === 'passed') return one;
      const { reason } = passage;
      if (passage.kind === 'failed') return { ...one, verdict: { kind: 'refuse', reason } };
      if (isRefused) return one;
      const why = asks === undefined ? reason : BEHIND;
      return { ...one, verdict: { kind: 'wait', missing: false, reason: why } };
    });
    verdicts.set(commit, stopped);
    if (isRefused || mayMove(stopped)) continue;
    asks ??= passages.map(passage => (passage?.kind === 'open' ? passage.asks : []));
  }
  return { verdicts, asks: asks ?? [] };
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
      const each = verdicts.get(candidate.commit) ?? [];
      const mine = each[i];
      const verdict =
        mine !== undefined && isSame(mine.candidate, candidate)
          ? mine.verdict
          : judgeByRule(tag, candidate, facts, onRewrite);
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
