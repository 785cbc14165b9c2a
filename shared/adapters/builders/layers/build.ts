import type { ImageStore } from '../../../ports/image-store.ts';
import type { Context } from './context.ts';
import type { ListFiles } from './file-lists.ts';
import type { Platform } from './platform.ts';
import type { Stage } from './stage.ts';

/** A stage that was run; without a result where it was refused. */
export type EarlierStage = {
  readonly index: number;
  readonly name?: string;
  readonly result: Stage | undefined;
};

/** What all steps of one build share. */
export type Build = {
  readonly store: ImageStore;
  readonly listFiles: ListFiles;
  readonly context: Context;
  /** The values given to the build. */
  readonly args: Readonly<Record<string, string>>;
  /** The arguments before the first FROM. */
  readonly globals: ReadonlyMap<string, string>;
  readonly platform: Platform;
  readonly isPlatformAsked: boolean;
  readonly platformArgs: Readonly<Record<string, string>>;
  readonly escapeMark: string;
  /** Milliseconds since the Unix epoch. */
  readonly epoch: number;
  readonly signal: AbortSignal;
  readonly stages: readonly EarlierStage[];
};
