import { buildSettings } from '../../shared/domain/builds/build-settings.ts';
import { hasEnded } from '../../shared/domain/builds/has-ended.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import type { Builder, Workshop } from '../../shared/ports/builder.ts';

export type TakePlace = {
  readonly configuration: Configuration;
  /** The builder for an image, by its word in the configuration. */
  readonly builder: (word: string) => Promise<Workshop>;
};

/** Where a build that is claimed is built; to be left when it has ended. */
export type Taken = {
  /** Absent where no builder is needed, or there is none. */
  readonly workshop?: Workshop;
  /** @throws why there is none. */
  builder(): Builder;
  leave(): void;
};

/**
 * A place at its builder, taken before the build is claimed: what waits for one has not begun, may still be moved or
 * called off, and takes up nobody else's time. Nothing where all are taken: the build is due all the same, and called
 * when a place is left. What needs no builder always has its place.
 */
export async function takePlace(its: TakePlace, build: Build): Promise<Taken | undefined> {
  try {
    const workshop = await workshopOf(its, build);
    if (workshop === undefined)
      return nowhere(new Error(`Cannot build ${build.image}: it changed meanwhile`));
    const place = workshop.take();
    return place && { workshop, builder: () => place.builder, leave: place.leave };
  } catch (error) {
    // Told on the build, once it is claimed.
    return nowhere(error);
  }
}

/** Where a build has to have a place; nothing where it needs no builder, or there is none. */
export async function placesFor(its: TakePlace, build: Build): Promise<Workshop | undefined> {
  return workshopOf(its, build).catch(() => undefined);
}

async function workshopOf(
  { configuration, builder }: TakePlace,
  build: Build,
): Promise<Workshop | undefined> {
  const word = buildSettings(configuration, build)?.builder ?? 'none';
  const needsOne = word !== 'none' && build.carries === undefined && !hasEnded(build);
  return needsOne ? builder(word) : undefined;
}

function nowhere(reason: unknown): Taken {
  return {
    builder() {
      throw reason;
    },
    leave() {},
  };
}
