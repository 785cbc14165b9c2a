import type { GateResult } from '../documents/gate.ts';
import type { Tag } from '../documents/tag.ts';
import {
  findResult,
  isUnanswered,
  openQuestion,
  questionName,
  restQuestion,
  type TagGates,
} from './gate-questions.ts';
import { judgeApproval } from './judge-approval.ts';

/** The questions that a tag waits for and that nobody has put yet, or not since they were answered otherwise. */
export function questionsOf(tag: Tag, { named, results, before }: Asking, now: number): GateResult[] {
  return (tag.asks ?? []).flatMap(({ gate, digest, people }) => {
    const settings = named.find(({ name }) => name === gate)?.settings;
    if (settings === undefined) return [];
    const about = { image: tag.image, digest, name: questionName(settings, { gate, tag: tag.tag }) };
    const found = findResult(results, about);
    const commit = tag.candidates.find(candidate => candidate.digest === digest)?.commit ?? people;
    const asked = { settings, gate, digest, image: tag.image, tag: tag.tag, commit };
    const question = openQuestion(asForTag(found, before), asked, now);
    return question === found ? [] : [question];
  });
}

type Asking = TagGates & {
  /** The tag before it was judged. */
  readonly before: Tag;
};

/** As a tag finds a question: people whom it did not ask until now have the whole time, whenever they were asked first. */
export function asForTag(found: GateResult | undefined, tag: Pick<Tag, 'asks'>): GateResult | undefined {
  if (found?.approval === undefined || !isUnanswered(found)) return found;
  return isAskedBy(tag, found) ? found : restQuestion(found);
}

/** Whether somebody waits for the answer: a tag that would move, or the person who asked. */
export function isWanted(question: GateResult, tags: readonly (Tag | undefined)[]): boolean {
  return question.by !== undefined || tags.some(tag => tag !== undefined && waitsFor(tag, question));
}

/** Whether a tag would move once the gate had passed. What people have decided counts also where a newer commit is asked about. */
export function waitsFor(tag: Tag, question: GateResult): boolean {
  return (
    isOf(tag, question) && (isAskedBy(tag, question) || (isDecided(question) && isCandidate(tag, question)))
  );
}

/** Whether people may speak: about what a tag asks, or would ask if nothing newer came. */
export function takesVoices(question: GateResult, tags: readonly (Tag | undefined)[]): boolean {
  if (!isUnanswered(question)) return false;
  if (isWanted(question, tags)) return true;
  return tags.some(tag => tag !== undefined && isOf(tag, question) && isCandidate(tag, question));
}

function isOf(tag: Tag, { image, ofTag, tag: name }: GateResult): boolean {
  return tag.image === image && (ofTag !== true || tag.tag === name);
}

function isAskedBy({ asks = [] }: Pick<Tag, 'asks'>, { gate, digest }: GateResult): boolean {
  return asks.some(ask => ask.gate === gate && ask.digest === digest);
}

function isCandidate({ candidates }: Tag, { digest }: GateResult): boolean {
  return candidates.some(candidate => candidate.digest === digest);
}

/** Whether the voices alone say what the answer is. */
function isDecided({ approval, voices = [] }: GateResult): boolean {
  return approval !== undefined && judgeApproval(approval, voices, 0).kind !== 'waiting';
}
