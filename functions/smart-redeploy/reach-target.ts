import type { ServiceConfiguration } from '../../shared/domain/configuration/schema.ts';
import type { Running } from '../../shared/domain/drift/judge-drift.ts';
import type { ImageReference } from '../../shared/domain/names/image-reference.ts';
import type { Found, Target } from '../../shared/ports/target.ts';
import { within } from './within.ts';

export type Reached = {
  /** Why nothing is known of it, as a sentence. */
  readonly down?: string;
  readonly found: readonly Found[];
  /** What it says of one service; unknown, with the reason, where it cannot be asked. */
  look(service: string, settings: ServiceConfiguration, image: ImageReference): Promise<Running>;
};

/** Asks a target for its list, for so many milliseconds at most. Never throws. */
export async function reachTarget(
  open: () => Promise<Target | undefined>,
  patience: number,
): Promise<Reached> {
  try {
    const target = await open();
    if (target === undefined) return unreached('it is left out on this machine');
    const found = await within(patience, signal => target.list(signal));
    return {
      found,
      look: (service, settings, image) =>
        within(patience, async (): Promise<Running> => target.observe(service, settings, image)).catch(
          (error: unknown): Running => ({ state: 'unknown', reason: messageOf(error) }),
        ),
    };
  } catch (error) {
    return unreached(messageOf(error));
  }
}

function unreached(reason: string): Reached {
  return { down: reason, found: [], look: async () => ({ state: 'unknown', reason }) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
