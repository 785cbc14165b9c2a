import type { ExecutionContext } from 'ava';
import type { ImageReference } from '../../shared/domain/names/image-reference.ts';
import type { Builder } from '../../shared/ports/builder.ts';
import type { ImageStore } from '../../shared/ports/image-store.ts';
import { benchFor, type Holds } from './builder-bench.ts';
import { courseClaims } from './builder-course.ts';
import { imageClaims } from './builder-images.ts';

/** What a builder can by its nature. Of what it cannot the opposite is claimed, where there is one. */
export type BuilderKind = {
  /** For the titles. */
  readonly name: string;
  /** Whether the same order gives the same digest, whatever was built before and on whichever machine. */
  readonly repeatable: boolean;
  /** Whether it has an image checked before it pushes it; others push first. */
  readonly checksFirst: boolean;
  /** Whether it keeps secrets out of images, and so takes them. */
  readonly keepsSecrets: boolean;
  /** Whether it has what is written while it builds, and so tells it; of others a failure says where that is. */
  readonly hasOutput: boolean;
  /** Whether its push is a step apart; others do all in one go. */
  readonly stepsApart: boolean;
  /** Whether what it built stays with it, for what stands on that; others have nothing but the registry. */
  readonly keepsImages: boolean;
};
/** A builder with the registry that it pushes to. */
export type BuilderPlace = {
  readonly builder: Builder;
  /** Reads the registry. */
  readonly store: ImageStore;
  /** Host with port. */
  readonly registry: string;
  /** Whether the builder has an image beside the registry; nothing for one that keeps none. */
  readonly has?: (image: ImageReference) => Promise<boolean>;
  /** Removes what is kept of an image beside the registry. */
  readonly forget?: (image: ImageReference) => Promise<void>;
};
/** Nothing, said aloud, where the builder cannot run. What it opens is closed with the test. */
export type OpenBuilder = (t: ExecutionContext) => Promise<BuilderPlace | undefined>;

type Register = (title: string, implementation: (t: ExecutionContext) => Promise<void>) => void;

/** What every builder promises. */
export function builderContract(test: Register, kind: BuilderKind, open: OpenBuilder): void {
  const holds: Holds = (claim, check) =>
    test(`the ${kind.name} builder ${claim}`, async t => {
      const place = await open(t);
      if (place === undefined) t.pass();
      else await check(t, benchFor(t, place));
    });
  imageClaims(holds, kind);
  courseClaims(holds, kind);
}
