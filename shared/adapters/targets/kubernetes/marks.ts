import { shown, type Workload } from './workload.ts';

/** What headway and people write on a workload for each other, as labels or annotations. */
export const MARKS = {
  /** A person's: left alone, the value says why. */
  hold: 'headway.dev/hold',
  /** When the cluster gave up the rollout that the last deploy replaced: the condition may outlive it. */
  gaveUp: 'headway.dev/gave-up-before',
  /** What the image that was deployed last was built from. */
  commit: 'headway.dev/commit',
  /** On each run of a job: which job it is a run of, and its number, from 1 on. */
  runOf: 'headway.dev/run-of',
  run: 'headway.dev/run',
} as const;

/** Why the workload is left alone: a person's word on it. */
export function whyHeld(workload: Workload): string | undefined {
  const { annotations, labels } = workload.metadata;
  const reason = annotations[MARKS.hold] ?? labels[MARKS.hold];
  const { kind, name } = workload.id;
  if (reason !== undefined) {
    const why = reason === '' ? 'no reason given' : reason;
    return `${shown(workload)} is held by ${MARKS.hold}: ${why}; remove it to let headway go on`;
  }
  if (!workload.spec.paused) return undefined;
  return `${shown(workload)} is paused; "kubectl rollout resume ${kind}/${name}" lets headway go on`;
}
