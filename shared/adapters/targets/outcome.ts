import { PermanentError } from '../../domain/permanent-error.ts';
import { RegistryError } from '../../ports/registry-error.ts';
import type { Answer, Observation } from '../../ports/target.ts';

/** What was seen, or that nothing could be seen and why. */
export async function observationOf(look: () => Promise<Observation>): Promise<Observation> {
  try {
    return await look();
  } catch (error) {
    return { state: 'unknown', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** What came of asking: what somebody has to mend is an answer, what may pass by itself is thrown. */
export async function answerOf(act: () => Promise<Answer>): Promise<Answer> {
  try {
    return await act();
  } catch (error) {
    const isFinal = error instanceof PermanentError || (error instanceof RegistryError && !error.temporary);
    if (isFinal) return { kind: 'failed', reason: error.message };
    throw error;
  }
}
