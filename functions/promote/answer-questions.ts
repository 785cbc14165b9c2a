import { instant } from '../../shared/domain/claims.ts';
import { repositoryOf } from '../../shared/domain/configuration/lookups.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import type { GateResult } from '../../shared/domain/documents/gate.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { milliseconds } from '../../shared/domain/durations.ts';
import {
  answerQuestion,
  countVoices,
  restQuestion,
  takeQuestion,
} from '../../shared/domain/gates/gate-questions.ts';
import { isWanted } from '../../shared/domain/gates/questions-of-tag.ts';
import { addCandidate } from '../../shared/domain/tags/judge-tag.ts';
import type { Look } from '../../shared/ports/hints.ts';
import { buildOfDigest } from '../../shared/records/build-of-digest.ts';
import { gates, tags } from '../../shared/records/collections.ts';
import { put, type RecordRef, refByKey } from '../../shared/records/records.ts';
import { withClaim } from '../../shared/records/with-claim.ts';
import { type Asked, askGate } from './ask-gate.ts';
import type { Promote } from './promote.ts';
import { gatedTags, wakeUp, woken } from './waiting-tags.ts';

const CLAIM_MS = 60_000;

/**
 * Asks a gate about an image, or counts the voices of people, where a tag that moves by itself waits for it or a person
 * wants to know; keeps the answer, and has the tags looked at that wait for it. What nobody waits for any more is not asked.
 */
export function createAnswers(all: Omit<Promote, 'worker'>): Look {
  return async function answers(hint, worker) {
    const its = { ...all, worker };
    const { records, clock } = its;
    const ref = refByKey(gates, hint.key);
    const known = await records.get(ref);
    const waiting = known === undefined ? [] : gatedTags(its, known);
    const question = await take(its, ref, waiting);
    if (question === undefined) return;
    await withClaim({ records, collection: gates, ref, by: worker, lasts: CLAIM_MS, clock }, async signal => {
      const asked = question.approval === undefined ? await ask(its, question, signal) : undefined;
      await record(its, { ref, waiting }, asked);
    });
  };
}

type QuestionRef = RecordRef<GateResult>;

/** Read with the tags in one transaction: none begins to wait for what is laid to rest here, unwanted or of no image. */
function take(
  { records, configuration, clock, worker }: Promote,
  ref: QuestionRef,
  waiting: readonly RecordRef<Tag>[],
): Promise<GateResult | undefined> {
  return records.transact({ found: ref, waiting }, ({ found, waiting }) => {
    const now = clock.now();
    const claim = { by: worker, until: instant(now + CLAIM_MS) };
    const taken = found && takeQuestion(found, claim, now);
    if (found === undefined || taken === undefined) return { result: undefined, writes: [] };
    const isNamed = Object.hasOwn(configuration.images, found.image);
    if (!isNamed || !isWanted(found, waiting))
      return { result: undefined, writes: [put(gates, restQuestion(found))] };
    return { result: taken, writes: [put(gates, taken)] };
  });
}

function ask(its: Promote, question: GateResult, signal: AbortSignal): Promise<Asked> {
  const { image, digest, gate, tag = '', since = question.startedAt } = question;
  const reference = { ...repositoryOf(its.configuration, image), digest };
  return askGate(its, { gate, image, reference, tag, since, signal });
}

type Place = { readonly ref: QuestionRef; readonly waiting: readonly RecordRef<Tag>[] };

/** @param asked nothing where it asks people: what they have said by then is counted. */
async function record(its: Promote, { ref, waiting }: Place, asked: Asked | undefined) {
  const { records, clock, worker, log } = its;
  const known = await records.get(ref);
  const build = known && (await buildOfDigest(records, known));
  const { next, due } = await records.transact({ found: ref, waiting }, ({ found, waiting }) => {
    if (found?.claim?.by !== worker) throw new Error(PASSED_ON);
    const now = clock.now();
    const next = asked === undefined ? countVoices(found, now) : answered(its, found, asked);
    const again = found.by !== undefined && next.state === 'passed' ? putUpAgain(waiting, build, now) : [];
    const due = [...woken(waiting, next, now), ...again];
    return { result: { next, due }, writes: [put(gates, next), ...due.map(tag => put(tags, tag))] };
  });
  log.info('Gate answered', { question: ref.key, answer: next.state, reason: next.reason });
  await wakeUp(its, due);
}

function answered(
  { clock, configuration }: Promote,
  found: GateResult,
  { answer, startedAt, ...asked }: Asked,
): GateResult {
  const patience = milliseconds(configuration.promotions.patience);
  const settings = configuration.gates[found.gate];
  return answerQuestion({ ...found, startedAt }, answer, { ...asked, now: clock.now(), patience, settings });
}

/** What a gate has refused is no candidate any more: it is one again when it passes after all, as a person asked. */
function putUpAgain(found: readonly (Tag | undefined)[], build: Build | undefined, now: number): Tag[] {
  const { commit, digest, startedAt } = build ?? {};
  if (commit === undefined || digest === undefined) return [];
  return found.flatMap(tag => {
    const next = tag?.follows && addCandidate(tag, { commit, digest, startedAt }, now);
    return next === undefined || next === tag ? [] : [next];
  });
}

const PASSED_ON = 'Cannot keep the answer of a gate: another worker asks it; it goes on there';
