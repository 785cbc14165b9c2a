import type { Builder, Workshop } from '../../../ports/builder.ts';

/** A builder with its places, which tells how busy it is. */
export interface LimitedBuilder extends Workshop, Pick<Builder, 'containers'> {
  /** How many places are taken. */
  underWay(): number;
}

/** The builder, with so many places. */
export function limitBuilder(builder: Builder, concurrency = Number.POSITIVE_INFINITY): LimitedBuilder {
  let taken = 0;
  const free = () => concurrency - taken;
  return {
    name: builder.name,
    ...(builder.containers !== undefined && { containers: builder.containers }),
    underWay: () => taken,
    free,
    take() {
      if (free() <= 0) return undefined;
      taken += 1;
      return {
        builder,
        leave() {
          taken -= 1;
        },
      };
    },
  };
}
