import { setTimeout as later } from 'node:timers/promises';
import type { BuildProgress } from '../../../ports/builder.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { describeFailure } from '../../kubernetes/failures.ts';
import { followLog } from '../../kubernetes/follow-log.ts';

type Options = {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly progress: BuildProgress;
  readonly signal: AbortSignal;
};
export type BuildLog = {
  /** Follows the log of the pod's container; once for each pod, of which there is one at a time. */
  begin(pod: string, container: string): void;
  /** The container has ended. Waits until everything is there that was written, for a while. */
  end(): Promise<void>;
  /** Its last lines. */
  tail(): readonly string[];
  stop(): Promise<void>;
};

const STEP = /^Step (\d+)\/(\d+) : /;
const KEPT_LINES = 20;
/** What is still under way when the container has ended. */
const LAST_LINES = 15_000;

/** Hands on what a build's pod writes, line by line. That it cannot be read does the build no harm. */
export function followBuildLog({ cluster, namespace, progress, signal }: Options): BuildLog {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const kept: string[] = [];
  let followed = '';
  let following: Promise<void> | undefined;
  let ended = new AbortController();
  let steps = 0;

  return {
    begin(pod, container) {
      if (pod === followed) return;
      followed = pod;
      ended.abort();
      ended = new AbortController();
      following = Promise.all([following, follow(pod, container)]).then(() => {});
    },
    async end() {
      ended.abort();
      if (following !== undefined)
        await Promise.race([following, later(LAST_LINES, undefined, { signal: both })]);
      if (steps > 0) progress.progress('build', steps, steps);
    },
    tail: () => kept,
    async stop() {
      stop.abort();
      await following;
    },
  };

  async function follow(pod: string, container: string): Promise<void> {
    const how = { output: take, ended: ended.signal, signal: both };
    await followLog(cluster, { namespace, pod, container }, how).catch(error => {
      if (!both.aborted)
        progress.output(`The log cannot be read: ${describeFailure(error, cluster.address)}`);
    });
  }

  function take(line: string): void {
    const [, step, total] = STEP.exec(line) ?? [];
    if (step !== undefined && total !== undefined) {
      steps = Number(total);
      progress.progress('build', Number(step) - 1, steps);
    }
    progress.output(line);
    kept.push(line);
    if (kept.length > KEPT_LINES) kept.shift();
  }
}
