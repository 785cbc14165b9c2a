import type { Build } from '../domain/documents/build.ts';

/** How far a build is: done and total of what is being counted in its present step. */
export type Progress = {
  readonly build: Build;
  readonly step: string;
  readonly done: number;
  readonly total: number;
};
/** Shows how far a build is; called often. */
export type ShowProgress = (progress: Progress) => void;
