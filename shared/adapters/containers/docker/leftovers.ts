import { randomUUID } from 'node:crypto';
import type Dockerode from 'dockerode';
import { isMissing, refusalOf } from '../../docker/failures.ts';

/** How the containers of a run are known: whose they are, which process waits for them, and until when at most. */
const LABELS = {
  owner: 'dev.headway.run.owner',
  process: 'dev.headway.run.process',
  /** Milliseconds since the Unix epoch. */
  until: 'dev.headway.run.until',
} as const;

const THIS_PROCESS = randomUUID();
/** For what comes before and after the run itself, and for clocks that differ. */
const SLACK = 3_600_000;

export type Run = { readonly owner: string; readonly now: number; readonly timeout: number };

export function runLabels({ owner, now, timeout }: Run): Record<string, string> {
  return {
    [LABELS.owner]: owner,
    [LABELS.process]: THIS_PROCESS,
    [LABELS.until]: String(now + timeout + SLACK),
    // Not one of the services that may be found by the image they run.
    'headway.enable': 'false',
  };
}

/** Removes what a killed process of the same owner left, and what of any owner nobody can be waiting for any more. */
export async function removeLeftovers(
  docker: Dockerode,
  { owner, now }: Pick<Run, 'owner' | 'now'>,
): Promise<void> {
  const runs = await docker.listContainers({ all: true, filters: { label: [LABELS.owner] } });
  const left = runs.filter(({ Labels }) => {
    const isOurs = Labels[LABELS.owner] === owner && Labels[LABELS.process] !== THIS_PROCESS;
    return isOurs || Number(Labels[LABELS.until]) < now;
  });
  for (const { Id } of left) await removeContainer(docker, Id);
}

/** With the volumes that it was given without a name. Nothing happens when it is gone, or is being removed. */
export async function removeContainer(docker: Dockerode, name: string): Promise<void> {
  try {
    await docker.getContainer(name).remove({ force: true, v: true });
  } catch (error) {
    if (!isMissing(error) && refusalOf(error)?.status !== 409) throw error;
  }
}
