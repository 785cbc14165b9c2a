import { type Builder, BuildFailure, type Workshop } from '../../../ports/builder.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { LimitedBuilder } from './limited.ts';

/** For how many milliseconds a builder that could not build is asked last. */
const REST = 60_000;

/**
 * Gives each build to the builder that has the fewest under way, of those with a free place; the first of several. One
 * that failed for what may pass by itself (no engine, no answer) comes last for a minute: having nothing to do, it
 * would get every build otherwise.
 */
export function createPool(
  name: string,
  builders: readonly [LimitedBuilder, ...LimitedBuilder[]],
  clock: Clock,
): LimitedBuilder {
  const failedAt = new Map<Workshop, number>();
  const burden = (one: LimitedBuilder): [number, number] => {
    const rests = clock.now() - (failedAt.get(one) ?? Number.NEGATIVE_INFINITY) < REST;
    return [Number(rests), one.underWay()];
  };
  const watched = (one: LimitedBuilder, builder: Builder): Builder => ({
    ...builder,
    async build(order, progress, signal) {
      progress.output(`Building with ${one.name}`);
      try {
        const built = await builder.build(order, progress, signal);
        failedAt.delete(one);
        return built;
      } catch (error) {
        if (!signal.aborted && !(error instanceof BuildFailure)) failedAt.set(one, clock.now());
        throw error;
      }
    },
  });
  return {
    name,
    underWay: () => builders.reduce((sum, one) => sum + one.underWay(), 0),
    free: () => builders.reduce((sum, one) => sum + one.free(), 0),
    take() {
      const [first, ...others] = builders.filter(one => one.free() > 0);
      if (first === undefined) return undefined;
      const chosen = others.reduce((a, b) => (isLighter(burden(b), burden(a)) ? b : a), first);
      const place = chosen.take();
      return place && { ...place, builder: watched(chosen, place.builder) };
    },
  };
}

function isLighter(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((burden, index) => burden !== b[index]);
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0);
}
