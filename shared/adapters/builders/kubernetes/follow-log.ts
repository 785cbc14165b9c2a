import { setTimeout as later } from 'node:timers/promises';
import type { BuildProgress } from '../../../ports/builder.ts';
import { createLines } from '../../containers/lines.ts';
import type { Call, Cluster } from '../../kubernetes/cluster.ts';
import { describeFailure } from '../../kubernetes/failures.ts';

type Options = {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly progress: BuildProgress;
  readonly signal: AbortSignal;
};
export type FollowedLog = {
  /** Follows the log of the pod's container; once for each pod. */
  begin(pod: string, container: string): void;
  /** Waits until everything is there that was written, for a while. */
  end(): Promise<void>;
  /** Its last lines. */
  tail(): readonly string[];
  stop(): Promise<void>;
};

const STEP = /^Step (\d+)\/(\d+) : /;
const KEPT_LINES = 20;
const TRIES = 5;
/** What is still under way when the container has ended. */
const LAST_LINES = 15_000;

/**
 * Hands on what a build's pod writes, line by line. A log that breaks off is taken up again; that it cannot be read
 * does the build no harm.
 */
export function followLog({ cluster, namespace, progress, signal }: Options): FollowedLog {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const kept: string[] = [];
  let lines = 0;
  let followed = '';
  let following: Promise<void> | undefined;
  let steps = 0;

  return {
    begin(pod, container) {
      if (pod === followed) return;
      followed = pod;
      lines = 0;
      following = Promise.all([following, follow(pod, container)]).then(() => {});
    },
    async end() {
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
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log`;
    const query = { container, follow: 'true' };
    for (let left = TRIES; left > 0 && !both.aborted; left--) {
      try {
        await read({ method: 'GET', path, query, signal: both });
        return;
      } catch (error) {
        if (left === 1) progress.output(`The log cannot be read: ${describeFailure(error, cluster.address)}`);
        else await later(1_000, undefined, { signal: both }).catch(() => {});
      }
    }
  }

  /** From its beginning: what was handed on before is passed over. */
  async function read(call: Call): Promise<void> {
    let seen = 0;
    const output = createLines(line => {
      seen += 1;
      if (seen > lines) take(line);
    });
    for await (const piece of await cluster.read(call)) output.write(piece);
    output.end();
  }

  function take(line: string): void {
    lines += 1;
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
