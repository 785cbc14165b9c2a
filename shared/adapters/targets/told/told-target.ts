import type { Digest } from '../../../domain/names/digest.ts';
import type { Answer, Observation, Order, Target } from '../../../ports/target.ts';
import { answerOf, observationOf } from '../outcome.ts';
import type { ToldMemory } from './told-memory.ts';

/** What somebody else is told to do. */
export type Telling = {
  readonly order: Order;
  /** What the target calls the service. */
  readonly workload: string;
  /** What ran before, where that is known. */
  readonly previous: Digest | undefined;
  /** The same for a repeat, another for each change. */
  readonly delivery: string;
  readonly signal: AbortSignal;
};

export type ToldTargetOptions = {
  readonly memory: ToldMemory;
  /** @throws {PermanentError} for what somebody has to mend, any other error for what may pass by itself. */
  readonly tell: (telling: Telling) => Promise<Answer>;
  /**
   * Sees what runs of a workload; when absent, what was told last with success counts as running.
   *
   * @throws {Error} with a sentence when that cannot be seen.
   */
  readonly look?: ((workload: string) => Promise<Observation>) | undefined;
};

/**
 * A target that tells somebody else to deploy. What is there already, and was not followed by another try, is
 * not told again; what a person holds, or cannot be seen, is left alone.
 */
export function createToldTarget({ memory, tell, look }: ToldTargetOptions): Target {
  async function see(name: string, workload: string): Promise<Observation> {
    if (look !== undefined) return await look(workload);
    const { done } = await memory.recall(name);
    return done === undefined ? { state: 'absent' } : { state: 'running', digest: done };
  }

  return {
    list: () => Promise.resolve([]),

    observe: (name, { workload = name }) => observationOf(() => see(name, workload)),

    async deploy(order, signal) {
      signal.throwIfAborted();
      const { name, image } = order;
      const { workload = name } = order.service;
      const seen = await see(name, workload);
      if (seen.state === 'held') return { kind: 'held', reason: seen.reason };
      if (seen.state === 'unknown') throw new Error(seen.reason);
      const { asked, done } = await memory.recall(name);
      const isLast = asked === undefined || asked.digest === image.digest;
      if (isLast && seen.state === 'running' && seen.digest === image.digest) {
        return { kind: 'accepted', note: 'it runs this digest already' };
      }
      const previous = seen.state === 'running' ? seen.digest : done;
      const delivery = await memory.asking(name, image.digest);
      signal.throwIfAborted();
      const answer = await answerOf(() => tell({ order, workload, previous, delivery, signal }));
      if (answer.kind === 'accepted') await memory.done(name, image.digest);
      return answer;
    },
  };
}
