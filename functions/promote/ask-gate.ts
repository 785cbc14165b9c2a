import { instant } from '../../shared/domain/claims.ts';
import type { CommitSha } from '../../shared/domain/names/commit-sha.ts';
import type { GateAnswer, GateQuestion } from '../../shared/ports/gate.ts';
import { answerOf } from './answer-of.ts';
import { createGateLog } from './gate-log.ts';
import type { Promote } from './promote.ts';

export type Asking = Omit<GateQuestion, 'commit'> & {
  readonly gate: string;
  /** Since when an answer is wanted. */
  readonly since: string;
  readonly signal: AbortSignal;
};
export type Asked = {
  readonly answer: GateAnswer;
  readonly startedAt: string;
  /** Where it is known. */
  readonly commit?: CommitSha | undefined;
  /** Where its output is kept. */
  readonly log?: string | undefined;
};

/**
 * Asks one gate about one image. What could not be asked for any reason is blocked, and says so.
 *
 * @throws only when the claim was lost meanwhile: then another worker asks again.
 */
export async function askGate(its: Promote, { gate, since, signal, ...asked }: Asking): Promise<Asked> {
  const { clock, configuration } = its;
  const settings = configuration.gates[gate];
  const startedAt = instant(clock.now());
  if (settings === undefined) return { answer: UNKNOWN, startedAt };
  const { image, reference } = asked;
  const log = createGateLog(its, { image, digest: reference.digest, gate, startedAt });
  let commit: CommitSha | undefined;
  const found = await answerOf(its, {
    ...{ settings, gate, asked, since, signal },
    isBuiltFrom: found => (commit = found),
    output: log.line,
  }).catch((error: unknown): GateAnswer => {
    if (signal.aborted) throw error;
    return { kind: 'blocked', reason: error instanceof Error ? error.message : String(error) };
  });
  const answer = { ...found, reason: its.redact(found.reason) };
  return { answer, startedAt, commit, log: await log.keep(answer) };
}

const UNKNOWN: GateAnswer = {
  kind: 'blocked',
  reason: 'the configuration does not name this gate any more',
};
