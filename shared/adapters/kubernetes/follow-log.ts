import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { isMissing } from './failures.ts';
import { createStampedLines } from './stamped-lines.ts';

export type FollowedContainer = {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
};
export type Following = {
  readonly output: (line: string) => void;
  /** Aborted once the container has ended: what it wrote until then is still handed on. */
  readonly ended: AbortSignal;
  readonly signal: AbortSignal;
};

const AGAIN = 1_000;
/** How often it is read to its end, where that breaks off. */
const LAST_TRIES = 3;

/**
 * Hands on each line that a pod's container writes, once, from when it runs. API servers and what is between end a
 * long answer at some time, in good order or not; it is taken up again where it ended.
 *
 * @throws when it cannot be read though the container has ended; not for a pod that is gone.
 */
export async function followLog(
  cluster: Cluster,
  { namespace, pod, container }: FollowedContainer,
  { output, ended, signal }: Following,
): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log`;
  const lines = createStampedLines(output);
  const read = async () => {
    const since = lines.last === '' ? {} : { sinceTime: lines.last };
    const query = { container, follow: 'true', timestamps: 'true', ...since };
    lines.begin();
    const pieces = await cluster.read({ method: 'GET', path, query, signal });
    for await (const piece of pieces) lines.write(piece);
  };
  const wake = AbortSignal.any([signal, ended]);
  while (!ended.aborted) {
    await read().catch(() => signal.throwIfAborted());
    await pause(wake).catch(() => signal.throwIfAborted());
  }
  await readToEnd(read, signal);
  lines.end();
}

async function readToEnd(read: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (let left = LAST_TRIES; ; left -= 1) {
    try {
      return await read();
    } catch (error) {
      signal.throwIfAborted();
      if (isMissing(error)) return;
      if (left === 1) throw error;
    }
    await pause(signal);
  }
}

/** @throws the signal's reason. */
async function pause(signal: AbortSignal): Promise<void> {
  await sleep(AGAIN, undefined, { signal }).catch(() => signal.throwIfAborted());
}
