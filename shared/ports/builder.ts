import type { Limits } from '../domain/configuration/images.ts';
import type { Digest } from '../domain/names/digest.ts';
import type { ImageReference } from '../domain/names/image-reference.ts';
import type { Containers } from './containers.ts';

export type BuildOrder = {
  /** Where the image is pushed to: repository and tag (the full commit). */
  readonly image: ImageReference;
  /** Absolute path of the build context, below a checkout of the commit. */
  readonly context: string;
  /** Path of the Dockerfile, relative to the context. */
  readonly dockerfile: string;
  readonly args: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** The commit's time in milliseconds: every timestamp in the image, so that the same input gives the same digest. */
  readonly epoch: number;
  /** e.g. `linux/amd64`; the builder's own when absent. */
  readonly platform?: string;
  /** Files `/run/secrets/NAME` while it is built. A builder that cannot keep them out of the layers refuses. */
  readonly secrets?: Readonly<Record<string, string>>;
  /**
   * Images whose layers may be reused beside what the builder has itself, the likeliest first. What of them is not
   * there is left out. An empty list: nothing is reused at all.
   */
  readonly cacheFrom?: readonly ImageReference[];
  readonly limits?: Limits | undefined;
  /**
   * Tells an order that somebody wants carried out once more from one that is ordered again after a crash: a builder
   * that takes over what the same order began or made does so only where this is the same too.
   */
  readonly request?: string;
  /**
   * Called with the built image as the engine knows it: before it is pushed where the builder has an engine
   * that can run it, else once it is. What it throws ends the build.
   */
  readonly check?: (image: string) => Promise<void>;
  /**
   * Called once it is pushed, before anything of it is forgotten; a builder that keeps nothing need not. What it throws
   * ends the build.
   */
  readonly pushed?: (digest: Digest) => Promise<void>;
  /** The image and all that nothing uses is forgotten once it is pushed. Resolves with nothing lost if that fails. */
  readonly prune?: boolean;
};

export type BuildProgress = {
  /** One line of output. */
  output(line: string): void;
  /** Done and total of what is being counted (steps, bytes), for a progress bar. */
  progress(step: string, done: number, total: number): void;
  /** Does a part of the build that is timed, and may fail, apart from it. A builder that does all in one go need not tell. */
  step?<T>(name: 'push' | 'prune', act: () => Promise<T>): Promise<T>;
};

export type Built = { readonly digest: Digest };

/** Builds one image and pushes it. A failure is a thrown {@link BuildFailure}; anything else may pass by itself. */
export interface Builder {
  readonly name: string;
  /** Where what it builds is run, checks with it; absent where it has nothing to run images with. */
  readonly containers?: () => Promise<Containers>;
  build(order: BuildOrder, progress: BuildProgress, signal: AbortSignal): Promise<Built>;
}

/** A part of the build, told apart where somebody listens. */
export function inStep<T>(
  { step }: BuildProgress,
  name: 'push' | 'prune',
  act: () => Promise<T>,
): Promise<T> {
  return step === undefined ? act() : step(name, act);
}

/** A builder, or several under one name, with places for so many builds at once. */
export interface Workshop {
  readonly name: string;
  /** How many places are free; infinitely many where there are always places. */
  free(): number;
  /** A place for one build; nothing where all are taken. */
  take(): Place | undefined;
}

/** Whoever has it builds one image with this builder, and leaves it once, whatever became of that. */
export type Place = { readonly builder: Builder; leave(): void };

/** The build cannot succeed as it is: an error in the Dockerfile, a failing command, a missing file. */
export class BuildFailure extends Error {
  override name = 'BuildFailure';
}
