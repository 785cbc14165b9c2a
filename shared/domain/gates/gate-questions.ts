import { instant } from '../claims.ts';
import type { GateConfiguration } from '../configuration/gates.ts';
import type { GateResult } from '../documents/gate.ts';
import type { Claim } from '../documents/waiting.ts';
import { pauseAfter } from '../pauses.ts';
import { isOfNow, isOfTag, resultName, settingsText } from './gate-results.ts';
import { approvalOf, judgeApproval } from './judge-approval.ts';
import type { Answered } from './judge-gates.ts';
import type { NamedGate } from './open-gates.ts';

/** An image by digest that a gate is asked about, outside of a promotion. */
export type Questioned = Pick<GateResult, 'image' | 'digest' | 'gate'> &
  Partial<Pick<GateResult, 'tag' | 'commit' | 'by'>>;

/** The gates in front of a tag that moves by itself, and what is on record of the images that ask for it. */
export type TagGates = {
  readonly named: readonly NamedGate[];
  readonly results: readonly GateResult[];
};

const LOOK_MS = 30_000;

/** What the answer is to be kept under. */
export function questionName(settings: GateConfiguration, { gate, tag }: Pick<Questioned, 'gate' | 'tag'>) {
  return resultName({ gate, tag, ofTag: isOfTag(settings) });
}

/**
 * A question that is due now. One that is open already stays as it is, unless a person wants to know at once; one that
 * nobody waited for any more is taken up again, and people have their time again.
 */
export function openQuestion(
  found: GateResult | undefined,
  { settings, ...asked }: Questioned & { readonly settings: GateConfiguration },
  now: number,
): GateResult {
  const at = instant(now);
  const { by } = asked;
  const approval = approvalOf(settings, now);
  if (found !== undefined && isUnanswered(found) && found.settings === settingsText(settings)) {
    if (by === undefined && found.due !== undefined) return found;
    const again = { ...found, since: at, due: found.claim?.until ?? at, by: by ?? found.by };
    return approval === undefined ? again : { ...again, approval };
  }
  const ofTag = isOfTag(settings);
  return {
    ...asked,
    ...(ofTag && { ofTag }),
    ...(approval === undefined
      ? { state: 'open', reason: 'it has not answered yet' }
      : { state: 'waiting', reason: judgeApproval(approval, [], now).reason, approval }),
    settings: settingsText(settings),
    since: at,
    startedAt: at,
    at,
    due: at,
    attempts: 0,
  };
}

/** What is on record of an image by digest under the name of a result. */
export function findResult(
  results: readonly GateResult[],
  { image, digest, name }: Pick<GateResult, 'image' | 'digest'> & { readonly name: string },
): GateResult | undefined {
  return results.find(each => each.image === image && each.digest === digest && resultName(each) === name);
}

/** The question as claimed; nothing where there is nothing to ask now. */
export function takeQuestion(question: GateResult, claim: Claim, now: number): GateResult | undefined {
  if (!isUnanswered(question) || question.due === undefined || question.due > instant(now)) return undefined;
  return { ...question, claim, due: claim.until };
}

/** A question that nobody waits for rests until somebody does. */
export function restQuestion(question: GateResult): GateResult {
  return { ...question, due: undefined, claim: undefined };
}

type Moment = {
  readonly now: number;
  /** For how many milliseconds it is asked again for a person, who is told then that it cannot be run. */
  readonly patience: number;
  /** What it was asked under; nothing where the configuration does not name the gate any more, or those of the question. */
  readonly settings: GateConfiguration | undefined;
  readonly commit?: GateResult['commit'];
  readonly log?: string | undefined;
};

/**
 * The question with its answer. Without one it is asked again: what could not be run blocks for as long as a tag waits
 * for it, since that says nothing of the image.
 */
export function answerQuestion(
  question: GateResult,
  answer: Answered,
  { now, patience, settings, commit = question.commit, log }: Moment,
): GateResult {
  const { kind: state, reason } = answer;
  const at = instant(now);
  const next: GateResult = {
    ...question,
    commit,
    state,
    reason,
    at,
    log,
    settings: settings === undefined ? question.settings : settingsText(settings),
    claim: undefined,
    lastError: undefined,
  };
  if (answer.kind === 'waiting') return { ...next, attempts: 0, due: answer.until ?? instant(now + LOOK_MS) };
  if (answer.kind !== 'blocked') return { ...next, attempts: 0, due: undefined, by: undefined };
  const attempts = question.attempts + 1;
  const isLate = Date.parse(question.since ?? at) + patience <= now;
  const by = isLate ? undefined : question.by;
  return { ...next, attempts, by, due: instant(now + pauseAfter(attempts)) };
}

/** The question with what people have said until now, by the settings that they were asked under. */
export function countVoices(question: GateResult, now: number): GateResult {
  const { approval, voices = [] } = question;
  if (approval === undefined) return question;
  return answerQuestion(question, judgeApproval(approval, voices, now), {
    now,
    patience: 0,
    settings: undefined,
  });
}

/** Whether an image has passed a gate or not, of the same settings, which a pass may outlive; nothing where that is (still, or again) to be asked. */
export function verdictOf(
  result: GateResult | undefined,
  settings: GateConfiguration,
  now: number,
): 'passed' | 'failed' | undefined {
  if (result?.state === 'failed') return result.settings === settingsText(settings) ? 'failed' : undefined;
  return result?.state === 'passed' && isOfNow(result, settings, now) ? 'passed' : undefined;
}

export function isUnanswered({ state }: Pick<GateResult, 'state'>): boolean {
  return state !== 'passed' && state !== 'failed';
}
