import { milliseconds } from '../../domain/durations.ts';
import type { GateAnswer } from '../../ports/gate.ts';

type Limit = {
  /** How long it may take, as durations are written. */
  readonly timeout: string;
  /** Ends it for another reason. */
  readonly signal: AbortSignal;
  /** What it has answered when its time is over; that it failed when absent. */
  readonly late?: GateAnswer;
};

/**
 * What the act answers. When its time is over its own signal is aborted; how it ends then is no answer.
 *
 * @throws what the act does, and what the signal says.
 */
export async function withinTime(
  { timeout, signal, late }: Limit,
  act: (signal: AbortSignal) => Promise<GateAnswer>,
): Promise<GateAnswer> {
  const over = AbortSignal.timeout(milliseconds(timeout));
  try {
    return await act(AbortSignal.any([signal, over]));
  } catch (error) {
    signal.throwIfAborted();
    if (!over.aborted) throw error;
    return late ?? { kind: 'failed', reason: `it took longer than ${timeout} and was ended` };
  }
}
