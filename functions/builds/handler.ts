import type { Listener, Look } from '../../shared/ports/hints.ts';
import { createRunBuild, type RunBuild } from './run-build.ts';
import { createTakePush, type TakePush } from './take-push.ts';

/** Turns pushes into builds (topic `pushes`), and runs them, parents first (topic `builds`). */
export function createBuilds(its: TakePush & Omit<RunBuild, 'worker'>): { pushes: Listener; builds: Look } {
  return { pushes: createTakePush(its), builds: createRunBuild(its) };
}
