import { BuildFailure } from '../../../ports/builder.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { LimitedBuilder } from './limited.ts';

/** For how many milliseconds a builder that could not build is asked last. */
const REST = 60_000;

/**
 * Gives each build to the builder that has the fewest under way, of those with a free place if there are any; the
 * first of several. One that failed for what may pass by itself (no engine, no answer) comes last for a minute:
 * having nothing to do, it would get every build otherwise.
 */
export function createPool(
  name: string,
  builders: readonly [LimitedBuilder, ...LimitedBuilder[]],
  clock: Clock,
): LimitedBuilder {
  const failedAt = new Map<LimitedBuilder, number>();
  const burden = (builder: LimitedBuilder): [number, number, number] => {
    const rests = clock.now() - (failedAt.get(builder) ?? Number.NEGATIVE_INFINITY) < REST;
    return [Number(rests), Number(builder.isFull()), builder.underWay()];
  };
  return {
    name,
    underWay: () => builders.reduce((sum, builder) => sum + builder.underWay(), 0),
    isFull: () => builders.every(builder => builder.isFull()),
    async build(order, progress, signal) {
      const [first, ...others] = builders;
      const chosen = others.reduce((a, b) => (isLighter(burden(b), burden(a)) ? b : a), first);
      progress.output(`Building with ${chosen.name}`);
      try {
        const built = await chosen.build(order, progress, signal);
        failedAt.delete(chosen);
        return built;
      } catch (error) {
        if (!signal.aborted && !(error instanceof BuildFailure)) failedAt.set(chosen, clock.now());
        throw error;
      }
    },
  };
}

function isLighter(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((burden, index) => burden !== b[index]);
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0);
}
