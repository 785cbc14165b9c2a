import { instant, isClaimed, sooner } from '../claims.ts';
import type { Move } from '../documents/move.ts';
import type { Candidate, Standing, Tag } from '../documents/tag.ts';
import type { TagGates } from '../gates/gate-questions.ts';
import { type Asks, BEHIND, judgePassage, NO_GATES, withAsks } from '../gates/judge-passage.ts';
import { shortSha } from '../names/commit-sha.ts';
import { pauseAfter } from '../pauses.ts';
import { areOfNow, compareByRule, judgeByRule, type OnRewrite, type TagFacts } from './judge-by-rule.ts';
import { type CandidateVerdict, joinReasons, type Names } from './judge-candidate.ts';

export type Judged = {
  readonly tag: Tag;
  readonly moves: readonly Move[];
  /** Candidates are left whose facts must be gathered against the new standing. */
  readonly again: boolean;
};

export type Verdicts = readonly { readonly candidate: Candidate; readonly verdict: CandidateVerdict }[];
export type Rules = { readonly now: number; readonly onRewrite: OnRewrite; readonly gates?: TagGates };

/**
 * Judges the candidates of a tag that moves by itself: at most one is taken a turn, and only when none is left
 * to take are the others refused or told to wait, so that every refusal names what the tag is really on. What the rule
 * takes has to pass the tag's gates first, the newest before the others.
 */
export function judgeTag(tag: Tag, facts: TagFacts, rules: Rules): Judged {
  if (!areOfNow(tag, facts)) return { tag, moves: [], again: true };
  const { now, onRewrite } = rules;
  const byRule = tag.candidates.flatMap(candidate => {
    const verdict = judgeByRule(tag, candidate, facts, onRewrite);
    return verdict === undefined ? [] : [{ candidate, verdict }];
  });
  const { verdicts, asks } = throughGates(tag, byRule, { facts, rules });
  const asking = withAsks(tag, asks);
  const [best] = takesOf(tag, verdicts, facts);
  if (best !== undefined) return take(asking, best, now);
  const judged = settle(asking, verdicts, now);
  return { ...judged, again: verdicts.length < tag.candidates.length };
}

/** How often a held tag is looked at, in case the hold was lifted where it stands. */
export const HELD_LOOK_MS = 60_000;

/** The next time somebody must look at the tag, from what it now says. */
export function dueOfTag(tag: Tag, now: number): string | undefined {
  if (isClaimed(tag, now)) return tag.claim?.until;
  if (tag.look !== undefined) return instant(now);
  if (tag.hold !== undefined && !isToldToMove(tag)) return instant(now + HELD_LOOK_MS);
  const open = tag.candidates.some(candidate => candidate.waits === undefined);
  if (open || isBehind(tag)) return instant(tag.attempts === 0 ? now : now + pauseAfter(tag.attempts));
  return tag.candidates.length > 0 ? instant(now + pauseAfter(Math.max(1, tag.attempts))) : undefined;
}

/** Whether the tag is not yet where it should be: at that digest, and for that commit, as two may have one digest. */
export function isBehind({ wanted, observed }: Tag): boolean {
  if (wanted === undefined) return false;
  return wanted.digest !== observed?.digest || wanted.commit !== observed.commit;
}

/** Whether a person said where the tag goes, and it is not there yet. */
export function isToldToMove(tag: Tag): boolean {
  return tag.wanted?.by !== undefined && isBehind(tag);
}

/** Appends an entry to the tag's ledger. */
export function record(tag: Tag, entry: Omit<Move, 'image' | 'tag' | 'sequence'>): { tag: Tag; move: Move } {
  const sequence = tag.sequence + 1;
  return { tag: { ...tag, sequence }, move: { image: tag.image, tag: tag.tag, sequence, ...entry } };
}

/** One end of a move: where a tag stands, as the ledger tells it. */
export function endOf(standing: Standing | undefined): Move['from'] {
  return standing === undefined ? undefined : { commit: standing.commit, digest: standing.digest };
}

/** Adds a built image to the candidates, unless the tag stands on it or has it already. */
export function addCandidate(tag: Tag, candidate: Candidate, now: number): Tag {
  const same = (other: Candidate | Standing) =>
    other.commit === candidate.commit && other.digest === candidate.digest;
  if (tag.candidates.some(same) || (tag.wanted !== undefined && same(tag.wanted))) return tag;
  return { ...tag, candidates: [...tag.candidates, candidate], due: sooner(tag.due, instant(now)) };
}

/** What may be taken, the farthest ahead first. */
function takesOf(tag: Tag, verdicts: Verdicts, facts: TagFacts): Taken[] {
  const takes = verdicts.flatMap(({ candidate, verdict }) =>
    verdict.kind === 'take' ? [{ candidate, reason: verdict.reason }] : [],
  );
  return takes.toSorted((a, b) => compareByRule(tag, facts, [b.candidate, a.candidate]));
}

type Known = { readonly facts: TagFacts; readonly rules: Rules };

/**
 * The verdicts once the gates had their say. They are asked about the farthest candidate that they have not refused: an
 * older one has its turn when that fails, though what was asked about it before counts when it passes first.
 */
function throughGates(tag: Tag, byRule: Verdicts, { facts, rules: { gates = NO_GATES, now } }: Known) {
  const stopped = new Map<Candidate, CandidateVerdict>();
  let asks: Asks | undefined;
  for (const { candidate } of takesOf(tag, byRule, facts)) {
    const passage = judgePassage(tag, candidate, { gates, now });
    if (passage.kind === 'passed') continue;
    if (passage.kind === 'failed') {
      stopped.set(candidate, { kind: 'refuse', reason: passage.reason });
      continue;
    }
    const reason = asks === undefined ? passage.reason : BEHIND;
    stopped.set(candidate, { kind: 'wait', missing: false, reason });
    asks ??= passage.asks;
  }
  const verdicts: Verdicts = byRule.map(({ candidate, verdict }) => ({
    candidate,
    verdict: stopped.get(candidate) ?? verdict,
  }));
  return { verdicts, asks: asks ?? [] };
}

export type Taken = { readonly candidate: Candidate; readonly reason: string };

/** The tag with another standing, which overtakes the one that it was wanted on when it did not get there. */
export function take(tag: Tag, { candidate, reason }: Taken, now: number): Judged {
  const { commit, digest, startedAt } = candidate;
  const candidates = tag.candidates.filter(other => other !== candidate);
  const wanted: Standing = { commit, digest, startedAt, at: instant(now), why: reason };
  const next = { ...tag, candidates, wanted, rolledBack: undefined };
  if (tag.wanted === undefined || !isBehind(tag)) return { tag: next, moves: [], again: true };
  const overtaken = `overtaken by ${shortSha(commit)} before ${tag.tag} moved`;
  const { tag: recorded, move } = record(next, refusal(tag, tag.wanted, overtaken, now));
  const why = joinReasons(namesOf(tag), tag.wanted.why, reason);
  return { tag: { ...recorded, wanted: { ...wanted, why } }, moves: [move], again: true };
}

/** Every refusal is kept; what waits is told once for each reason. */
export function settle(tag: Tag, verdicts: Verdicts, now: number): Judged {
  const moves: Move[] = [];
  let next: Tag = tag;
  for (const { candidate, verdict } of verdicts) {
    const others: Candidate[] = next.candidates.filter(other => other !== candidate);
    if (verdict.kind === 'wait') {
      if (candidate.waits === verdict.reason) continue;
      next = { ...next, candidates: [...others, { ...candidate, waits: verdict.reason }] };
    } else {
      next = { ...next, candidates: others };
    }
    if (verdict.kind === 'repeat' || verdict.kind === 'take') continue;
    const entry = refusal(tag, candidate, verdict.reason, now);
    const recorded = record(next, verdict.kind === 'wait' ? { ...entry, verdict: 'waiting' } : entry);
    next = recorded.tag;
    moves.push(recorded.move);
  }
  return { tag: next, moves, again: false };
}

function namesOf({ tag, follows }: Tag): Names {
  return { tag, branch: follows?.branch ?? '' };
}

function refusal(tag: Tag, { commit, digest }: Candidate | Standing, reason: string, now: number) {
  return {
    at: instant(now),
    verdict: 'refused',
    from: endOf(tag.wanted),
    to: { commit, digest },
    reason,
  } as const;
}
