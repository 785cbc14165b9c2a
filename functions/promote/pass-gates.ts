import { instant } from '../../shared/domain/claims.ts';
import type { GateResult, GateStanding } from '../../shared/domain/documents/gate.ts';
import type { Promotion } from '../../shared/domain/documents/promotion.ts';
import { milliseconds } from '../../shared/domain/durations.ts';
import { isOfTag, isTest, settingsText } from '../../shared/domain/gates/gate-results.ts';
import { gatesToAsk, judgeGates, recordAnswer } from '../../shared/domain/gates/judge-gates.ts';
import { gates, promotions, tags } from '../../shared/records/collections.ts';
import { put } from '../../shared/records/records.ts';
import { advance } from './advance.ts';
import { type Asked, askGate } from './ask-gate.ts';
import { placeOf } from './point.ts';
import { type Claimed, GATES_AT_ONCE, type Promote } from './promote.ts';
import { readSources } from './read-sources.ts';
import { severalAtOnce } from './several-at-once.ts';
import { gatedTags, wakeUp, woken } from './waiting-tags.ts';

/**
 * Asks the gates that want to be asked by now. The first that fails ends that, and refuses the promotion; while others
 * have no answer yet it is left until the next is due; once all have passed it goes on.
 */
export async function passGates(its: Promote, claimed: Claimed): Promise<Promotion> {
  const { promotion, signal } = claimed;
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const wanted = gatesToAsk(promotion, its.clock.now());
  await severalAtOnce(wanted, { atOnce: GATES_AT_ONCE, signal: either }, async standing => {
    const asked = await ask(its, claimed, standing);
    await record(its, claimed, { standing, asked });
    if (asked.answer.kind === 'failed') failure.abort();
  }).catch(error => {
    if (!failure.signal.aborted || signal.aborted) throw error;
  });
  const judged = await advance(its, claimed, judgeGates);
  const hasPassed = judged.phase === 'gated' && judged.claim?.by === its.worker;
  return hasPassed ? readSources(its, { ...claimed, promotion: judged }) : judged;
}

function ask(its: Promote, { promotion, signal }: Claimed, { gate, image }: GateStanding): Promise<Asked> {
  const each = promotion.images.find(other => other.image === image);
  if (each?.digest === undefined)
    throw new Error(`Cannot ask gate "${gate}": no image of the promotion is "${image}"`);
  const { to: tag, at: since } = promotion;
  const reference = { ...placeOf(each), digest: each.digest };
  return askGate(its, { gate, image: each.image, reference, tag, since, signal });
}

type Answered = { readonly standing: GateStanding; readonly asked: Asked };

/** Each answer is kept as soon as it is there: a worker that goes takes none with it. */
async function record(its: Promote, { ref, promotion }: Claimed, { standing, asked }: Answered) {
  const { records, clock, worker, configuration, log } = its;
  const { number } = promotion;
  const patience = milliseconds(configuration.promotions.patience);
  const { answer } = asked;
  const result = resultOf(its, promotion, { standing, asked });
  const waiting = result === undefined ? [] : gatedTags(its, result);
  const due = await records.transact({ found: ref, waiting }, ({ found, waiting }) => {
    if (found?.claim?.by !== worker) {
      throw new Error(`Cannot go on with promotion ${number}: another worker has it; it goes on there`);
    }
    const now = clock.now();
    const next = recordAnswer(found, standing, { answer, now, patience, log: asked.log });
    if (result === undefined) return { result: [], writes: [put(promotions, next)] };
    const due = woken(waiting, result, now);
    return {
      result: due,
      writes: [put(promotions, next), put(gates, result), ...due.map(tag => put(tags, tag))],
    };
  });
  const { gate, image } = standing;
  log.info('Gate answered', { number, gate, image, answer: answer.kind, reason: answer.reason });
  await wakeUp(its, due);
}

/** What others may find: the verdict of a test. */
function resultOf(
  { configuration, clock }: Promote,
  { number, to: tag, images }: Promotion,
  { standing: { gate, image }, asked: { answer, ...found } }: Answered,
): GateResult | undefined {
  const settings = configuration.gates[gate];
  const each = images.find(other => other.image === image);
  const { kind: state, reason } = answer;
  if (settings === undefined || each?.digest === undefined || !isTest(settings)) return undefined;
  if (state !== 'passed' && state !== 'failed') return undefined;
  return {
    ...{ image: each.image, digest: each.digest, gate, tag, state, reason },
    ...(isOfTag(settings) && { ofTag: true }),
    ...found,
    settings: settingsText(settings),
    at: instant(clock.now()),
    promotion: number,
    attempts: 0,
  };
}
