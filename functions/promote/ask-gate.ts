import { instant } from '../../shared/domain/claims.ts';
import type { GateResult, GateStanding } from '../../shared/domain/documents/gate.ts';
import { isTest, settingsText } from '../../shared/domain/gates/gate-results.ts';
import type { CommitSha } from '../../shared/domain/names/commit-sha.ts';
import type { GateAnswer } from '../../shared/ports/gate.ts';
import { answerOf } from './answer-of.ts';
import { createGateLog } from './gate-log.ts';
import { placeOf } from './point.ts';
import type { Claimed, Promote } from './promote.ts';

export type Asked = {
  readonly answer: GateAnswer;
  /** Where its output is kept. */
  readonly log?: string | undefined;
  /** What other promotions may find. */
  readonly result?: GateResult;
};

/**
 * Asks one gate about one image. What could not be asked for any reason is blocked, and says so.
 *
 * @throws only when the claim was lost meanwhile: then another worker asks again.
 */
export async function askGate(its: Promote, claimed: Claimed, standing: GateStanding): Promise<Asked> {
  const { clock, configuration } = its;
  const { promotion, signal } = claimed;
  const { gate } = standing;
  const settings = configuration.gates[gate];
  const each = promotion.images.find(({ image }) => image === standing.image);
  if (settings === undefined || each?.digest === undefined) {
    return { answer: { kind: 'blocked', reason: 'the configuration does not name this gate any more' } };
  }
  const { image, digest } = each;
  const startedAt = instant(clock.now());
  const log = createGateLog(its, { image, digest, gate, startedAt });
  const reference = { ...placeOf(each), digest };
  let commit: CommitSha | undefined;
  const found = await answerOf(its, {
    settings,
    gate,
    asked: { image, reference, tag: promotion.to },
    since: promotion.at,
    isBuiltFrom: found => (commit = found),
    output: log.line,
    signal,
  }).catch((error: unknown): GateAnswer => {
    if (signal.aborted) throw error;
    return { kind: 'blocked', reason: error instanceof Error ? error.message : String(error) };
  });
  const answer = { ...found, reason: its.redact(found.reason) };
  const path = await log.keep(answer);
  const { kind: state, reason } = answer;
  if ((state !== 'passed' && state !== 'failed') || !isTest(settings)) return { answer, log: path };
  const at = instant(clock.now());
  const { number } = promotion;
  const kept = { image, digest, gate, commit, state, reason, startedAt, at };
  const result = { ...kept, settings: settingsText(settings), promotion: number, log: path };
  return { answer, log: path, result };
}
