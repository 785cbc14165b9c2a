import type { Candidate, GitTagRule, Standing, Tag } from '../documents/tag.ts';
import { shortSha } from '../names/commit-sha.ts';
import { compareVersions, parseVersion } from '../names/version.ts';
import { nameFor } from './git-tag-rules.ts';
import { type CandidateFacts, type CandidateVerdict, judgeCandidate } from './judge-candidate.ts';

/** What was learned about each candidate's commit, for the standing and head that it was asked for. */
export type TagFacts = {
  /** The commit that the tag was wanted on when the facts were gathered. */
  readonly standing: string | undefined;
  readonly ofCommit: ReadonlyMap<string, CandidateFacts>;
  /** The same, seen from the commit that a person took the tag back from, and that commit. */
  readonly afterRollback?: {
    readonly from: string | undefined;
    readonly ofCommit: ReadonlyMap<string, CandidateFacts>;
  };
  /** For a tag that follows Git tags: those that name a commit, and how often one was told of before. */
  readonly gitTags?: ReadonlyMap<string, readonly string[]>;
  readonly heard?: number | undefined;
  /** What holds a commit up, and when that is looked at again at the latest. */
  readonly held?: ReadonlyMap<string, string>;
  readonly heldUntil?: string;
};

export type OnRewrite = 'wait' | 'follow';

/** Whether the facts are those of the tag as it is now. */
export function areOfNow(tag: Tag, facts: TagFacts): boolean {
  return (
    facts.standing === tag.wanted?.commit &&
    facts.heard === tag.heard &&
    (facts.afterRollback === undefined) === (tag.rolledBack === undefined) &&
    facts.afterRollback?.from === tag.rolledBack?.commit
  );
}

/**
 * Whether a tag moves to a built image, by the rule that it follows. After a rollback only to what the rule takes for
 * newer than the commit that it was taken back from. Nothing where the commit was not asked about.
 */
export function judgeByRule(
  tag: Tag,
  candidate: Candidate,
  facts: TagFacts,
  onRewrite: OnRewrite,
): CandidateVerdict | undefined {
  const known = facts.ofCommit.get(candidate.commit);
  if (known === undefined) return undefined;
  const forward = judgeFrom(tag, tag.wanted, { candidate, known, facts, onRewrite });
  const verdict = afterRollback(tag, { candidate, facts, onRewrite }, forward);
  const hold = facts.held?.get(candidate.commit);
  return verdict.kind === 'take' && hold !== undefined
    ? { kind: 'wait', missing: false, reason: hold }
    : verdict;
}

/**
 * Positive where the rule has a reason to take one candidate rather than another: it is farther ahead, or nearer to the
 * head of its branch where the tag stands nowhere yet.
 */
export function compareByRule({ follows }: Tag, facts: TagFacts, [a, b]: readonly [Candidate, Candidate]) {
  const rule = follows?.gitTags;
  if (rule?.kind === 'versions') {
    const [one, other] = [versionOf(rule, facts, a.commit), versionOf(rule, facts, b.commit)];
    return one === undefined || other === undefined ? 0 : compareVersions(one.version, other.version);
  }
  const ahead = ({ commit }: Candidate) => {
    const known = facts.ofCommit.get(commit);
    return known?.toStanding?.distance ?? -(known?.behindHead ?? 0);
  };
  return ahead(a) - ahead(b);
}

type Asked = {
  readonly candidate: Candidate;
  readonly facts: TagFacts;
  readonly onRewrite: OnRewrite;
};

function afterRollback(tag: Tag, asked: Asked, forward: CandidateVerdict): CandidateVerdict {
  const { rolledBack: bad } = tag;
  const { candidate, facts } = asked;
  const known = facts.afterRollback?.ofCommit.get(candidate.commit);
  if (bad === undefined || forward.kind === 'repeat' || forward.kind === 'refuse') return forward;
  if (forward.kind === 'wait' && forward.missing) return forward;
  const from = bad.commit === undefined ? 'there' : shortSha(bad.commit);
  const back = `${bad.by} took ${tag.tag} back from ${from}`;
  if (candidate.commit === bad.commit) return { kind: 'refuse', reason: `${back}, which is this commit` };
  if (known === undefined) return forward;
  const verdict = judgeFrom(tag, { ...bad }, { ...asked, known });
  if (verdict.kind !== 'refuse') return verdict;
  return { kind: 'refuse', reason: `${back}, and this commit is not newer than that` };
}

type Known = Asked & { readonly known: CandidateFacts };

function judgeFrom(tag: Tag, standing: Standing | undefined, asked: Known): CandidateVerdict {
  const { candidate, known, onRewrite } = asked;
  const names = { tag: tag.tag, branch: tag.follows?.branch ?? '' };
  const rule = tag.follows?.gitTags;
  if (rule === undefined) return judgeCandidate(names, standing, candidate, known, onRewrite);
  return judgeNamed(tag.tag, { ...asked, standing, rule });
}

type Named = Known & { readonly standing: Standing | undefined; readonly rule: GitTagRule };

/** A commit that no Git tag of the rule names has not asked for anything. */
function judgeNamed(tag: string, named: Named): CandidateVerdict {
  const { candidate, standing, rule, facts } = named;
  const name = nameFor(rule, facts.gitTags?.get(candidate.commit) ?? []);
  if (name === undefined) return { kind: 'repeat' };
  const byVersion = rule.kind === 'versions' ? judgeVersion(tag, { ...named, rule }) : undefined;
  const verdict = byVersion ?? byAncestry(tag, named);
  return verdict.kind === 'take' && standing?.commit !== candidate.commit
    ? { kind: 'take', reason: `Git tag ${name}` }
    : verdict;
}

/** Nothing where versions do not decide: a rebuild, or a tag that stands on no version. */
function judgeVersion(
  tag: string,
  { candidate, standing, rule, facts }: Named & { rule: Extract<GitTagRule, { kind: 'versions' }> },
): CandidateVerdict | undefined {
  if (standing?.commit === undefined || standing.commit === candidate.commit) return undefined;
  const asks = versionOf(rule, facts, candidate.commit);
  const has = versionOf(rule, facts, standing.commit);
  if (asks === undefined || has === undefined) return undefined;
  const order = compareVersions(asks.version, has.version);
  if (order > 0) return { kind: 'take', reason: 'a higher version' };
  if (order < 0) return { kind: 'refuse', reason: `${tag} is on ${has.name}, a higher version` };
  const reason = `${tag} is on ${has.name}, another commit of the same version; a person must accept this one`;
  return { kind: 'wait', missing: false, reason };
}

/** Git tags are followed wherever they are: no branch has to hold the commit. */
function byAncestry(tag: string, { candidate, standing, known, rule, onRewrite }: Named): CandidateVerdict {
  const branch = rule.kind === 'pattern' ? rule.pattern : rule.range;
  const facts = { ...known, toHead: 'same', standingToHead: 'same' } as const;
  const verdict = judgeCandidate({ tag, branch }, standing, candidate, facts, onRewrite);
  if (verdict.kind !== 'wait' || verdict.missing || standing?.commit === candidate.commit) return verdict;
  const reason = `neither this commit nor the one ${tag} is on holds the other; a person must accept it`;
  return { ...verdict, reason };
}

function versionOf(rule: GitTagRule, { gitTags }: TagFacts, commit: string) {
  const name = nameFor(rule, gitTags?.get(commit) ?? []);
  const version = name === undefined ? undefined : parseVersion(name);
  return name === undefined || version === undefined ? undefined : { name, version };
}
