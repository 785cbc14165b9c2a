import { setTimeout as later } from 'node:timers/promises';
import { z } from 'zod';
import type { Digest } from '../../../domain/names/digest.ts';
import type { BuildProgress } from '../../../ports/builder.ts';
import { parseResult } from '../order-artifact/result.ts';
import { type JobPlace, readJob } from './build-job.ts';
import { type BuildLog, followBuildLog } from './build-log.ts';
import { CONTAINER } from './job-manifest.ts';
import { BuildPod, judgePod } from './judge-pod.ts';

type Follow = JobPlace & {
  readonly progress: BuildProgress;
  readonly signal: AbortSignal;
  /** Milliseconds between two looks. */
  readonly lookAgain: number;
  /** Milliseconds that what keeps a pod from coming up is waited for. */
  readonly patience: number;
  /** Milliseconds that the job may take in all. */
  readonly deadline: number;
};
/** How a job ended. Without a digest, the registry knows it. */
export type JobEnd =
  | { readonly kind: 'built'; readonly digest?: Digest }
  | { readonly kind: 'failed'; readonly reason: string; readonly final: boolean };

/** Looks at the job until it has ended, and hands on what its pod writes. */
export async function followJob(its: Follow): Promise<JobEnd> {
  const { progress, signal, lookAgain, patience } = its;
  const log = followBuildLog(its);
  let trouble: Trouble | undefined;
  try {
    for (;;) {
      const seen = await look(its, { log, trouble });
      if (seen.kind !== 'goes on') return seen;
      if (seen.trouble !== undefined && seen.trouble !== trouble?.text) progress.output(seen.trouble);
      trouble = troubleAfter(trouble, seen);
      const isStuck = trouble?.final === true && performance.now() - trouble.since > patience;
      if (isStuck) return failed(trouble?.text ?? '', true);
      await later(lookAgain, undefined, { signal });
    }
  } finally {
    await log.stop();
  }
}

type GoesOn = { readonly kind: 'goes on'; readonly trouble?: string; readonly final: boolean };
type Trouble = { readonly text: string; readonly final: boolean; readonly since: number };
type Looking = { readonly log: BuildLog; readonly trouble: Trouble | undefined };

async function look(its: Follow, { log, trouble }: Looking): Promise<JobEnd | GoesOn> {
  const job = await readJob(its, its.signal);
  if (job === undefined) return failed('Somebody removed the job of this build; it is built again', false);
  const over = job.status.conditions.find(({ type }) => type === 'Failed' || type === 'Complete');
  if (over?.reason === 'DeadlineExceeded') return failed(tookTooLong(its, trouble?.text), true);
  const pod = await newestPod(its);
  const seen = pod === undefined ? undefined : judgePod(pod);
  if (pod !== undefined && seen?.kind === 'runs') log.begin(pod.metadata.name, CONTAINER);
  if (pod !== undefined && seen?.kind === 'ended') {
    log.begin(pod.metadata.name, seen.container);
    await log.end();
    return endOf(seen, log.tail());
  }
  if (over?.type === 'Failed') return failed(`The job failed: ${over.message || over.reason}`, false);
  if (over?.type === 'Complete') return { kind: 'built' };
  return { final: false, ...(seen?.kind === 'waits' && seen), kind: 'goes on' };
}

/** As long as something is wrong, since when; what it is may change, as from ErrImagePull to ImagePullBackOff. */
function troubleAfter(before: Trouble | undefined, { trouble: text, final }: GoesOn): Trouble | undefined {
  return text === undefined ? undefined : { text, final, since: before?.since ?? performance.now() };
}

type Ended = Extract<ReturnType<typeof judgePod>, { kind: 'ended' }>;

function endOf({ failure, message }: Ended, tail: readonly string[]): JobEnd {
  const result = parseResult(message);
  if (failure === undefined) {
    return { kind: 'built', ...(result !== undefined && 'digest' in result && { digest: result.digest }) };
  }
  if (result !== undefined && 'failure' in result) return failed(result.failure, result.final);
  return failed([failure.reason, ...(failure.final ? tail : [])].join('\n'), failure.final);
}

function failed(reason: string, final: boolean): JobEnd {
  return { kind: 'failed', reason, final };
}

function tookTooLong({ deadline }: Follow, trouble: string | undefined): string {
  const why = trouble === undefined ? '' : ` (${trouble})`;
  return `The cluster ended the build after ${Math.ceil(deadline / 1_000)} s, the timeout of its builder${why}`;
}

const Pods = z.object({ items: z.array(BuildPod) });

/** Where a controller made a second one, the first is lost. */
async function newestPod({ cluster, namespace, name, signal }: Follow): Promise<BuildPod | undefined> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const list = await cluster.ask({
    method: 'GET',
    path,
    query: { labelSelector: `job-name=${name}` },
    signal,
  });
  const { items } = Pods.parse(list);
  return items.toSorted((a, b) =>
    b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp),
  )[0];
}
