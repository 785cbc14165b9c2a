import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { isMissing } from '../../kubernetes/failures.ts';
import { createLines } from '../lines.ts';
import { CONTAINER } from './job-spec.ts';

type Following = {
  readonly output: (line: string) => void;
  /** Aborted once the container has ended: what it wrote until then is still handed on. */
  readonly ended: AbortSignal;
  readonly signal: AbortSignal;
};

const AGAIN = 1_000;
/** Lines begin with their time, to the nanosecond, all of one length. */
const STAMPED = /^(\d{4}-\d\d-\d\dT\S+) (.*)$/s;

/**
 * Hands on each line that the pod's container writes, once, from when it runs. API servers and what is between end a
 * long answer at some time; it is taken up again where it ended.
 */
export async function followLog(
  cluster: Cluster,
  pod: string,
  { output, ended, signal }: Following,
): Promise<void> {
  let last = '';
  for (;;) {
    const isLast = ended.aborted;
    const since = last;
    const take = (line: string) => {
      const [, time = '', text = line] = STAMPED.exec(line) ?? [];
      if (time !== '' && time <= since) return;
      last = time || last;
      output(text);
    };
    try {
      await readLog(cluster, pod, { since, take, signal });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (isLast && !isMissing(error)) throw error;
    }
    if (isLast) return;
    const wake = AbortSignal.any([signal, ended]);
    await sleep(AGAIN, undefined, { signal: wake }).catch(() => signal.throwIfAborted());
  }
}

type Reading = {
  readonly since: string;
  readonly take: (line: string) => void;
  readonly signal: AbortSignal;
};

/** A line that breaks off in the middle is not handed on: it comes again. */
async function readLog(cluster: Cluster, pod: string, { since, take, signal }: Reading): Promise<void> {
  const query = {
    container: CONTAINER,
    follow: 'true',
    timestamps: 'true',
    ...(since !== '' && { sinceTime: since }),
  };
  const lines = createLines(take);
  for await (const piece of await cluster.read({ method: 'GET', path: `${pod}/log`, query, signal })) {
    lines.write(piece);
  }
  lines.end();
}
