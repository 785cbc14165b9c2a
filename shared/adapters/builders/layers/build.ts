import type { ImageReference } from '../../../domain/names/image-reference.ts';
import type { ImageStore } from '../../../ports/image-store.ts';
import type { BaseLayer } from './base-image.ts';
import type { Context } from './context.ts';
import type { ListFiles } from './file-lists.ts';
import type { History, Settings, SystemFields } from './image-configuration.ts';
import type { Family } from './image-format.ts';
import type { Platform } from './platform.ts';
import type { Tree } from './tree.ts';

export type NewLayer = { readonly entries: Tree };

/** An image while it is made, after some steps. What it adds is known, and written only once all steps are. */
export type Stage = {
  readonly family: Family;
  readonly system: SystemFields;
  readonly settings: Settings;
  readonly history: readonly History[];
  readonly base: { readonly image: ImageReference; readonly layers: readonly BaseLayer[] } | undefined;
  readonly added: readonly NewLayer[];
  /** Everything in it; absent until somebody asks, since that means to read the layers of the base. */
  readonly files: Tree | undefined;
  /** The build arguments that were declared so far. */
  readonly args: ReadonlyMap<string, string>;
  readonly saidCmd: boolean;
};

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
