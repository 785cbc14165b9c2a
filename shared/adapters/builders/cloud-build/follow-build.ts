import { setTimeout as later } from 'node:timers/promises';
import type { BuildProgress } from '../../../ports/builder.ts';
import { type CloudBuild, isUnderWay } from './build-resource.ts';
import type { BuildsApi } from './builds-api.ts';

type Follow = {
  readonly progress: BuildProgress;
  readonly signal: AbortSignal;
  readonly lookAgain: { readonly first: number; readonly most: number };
};

const CANCEL_MS = 15_000;

/** Looks at the build until it is over, less and less often; an abort cancels it. */
export async function followBuild(
  api: BuildsApi,
  begun: CloudBuild,
  { progress, signal, lookAgain }: Follow,
): Promise<CloudBuild> {
  let build = begun;
  let told = '';
  try {
    for (let pause = lookAgain.first; isUnderWay(build); pause = Math.min(pause * 1.5, lookAgain.most)) {
      told = tell(build, told, progress);
      await later(pause, undefined, { signal });
      build = await api.read(begun.id, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    await api.cancel(begun.id, AbortSignal.timeout(CANCEL_MS)).catch(() => {});
    throw signal.reason;
  }
  tell(build, told, progress);
  return build;
}

/** A line for each change of what the build or one of its steps is about. */
function tell({ status, steps }: CloudBuild, told: string, progress: BuildProgress): string {
  const parts = steps.map(step => `${step.id || step.name} ${step.status ?? 'QUEUED'}`);
  const line = [`Cloud Build: ${status}`, ...parts].join(', ');
  if (line !== told) progress.output(line);
  const done = steps.filter(step => step.status === 'SUCCESS').length;
  // Pushing comes after the steps.
  progress.progress('build', done + (status === 'SUCCESS' ? 1 : 0), steps.length + 1);
  return line;
}
