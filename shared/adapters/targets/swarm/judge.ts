import type { Digest } from '../../../domain/names/digest.ts';
import type { Observation } from '../../../ports/target.ts';

/** One container that Swarm runs, ran or is about to run for a service. */
export type SwarmTask = {
  /** Which replica it is; the node, for a service that runs on every one. */
  readonly place: string;
  /** What Swarm means it to be: `running`, `shutdown`, … */
  readonly desired: string;
  /** What it is: `preparing`, `running`, `failed`, `rejected`, … */
  readonly state: string;
  /** What its image is pinned to. */
  readonly digest?: Digest | undefined;
  readonly error?: string | undefined;
};

/** A service with what became of its last update. */
export type Rollout = {
  readonly name: string;
  /** What its specification is pinned to. */
  readonly digest?: Digest | undefined;
  /** How many tasks are wanted; as many as Swarm wants itself when absent. */
  readonly replicas?: number | undefined;
  readonly update?: { readonly state?: string | undefined; readonly message: string } | undefined;
};

const DESIRED = new Set(['ready', 'running', 'complete']);

/**
 * What is so, from what Swarm says of its update and from every task. Running means that as many tasks as are
 * wanted run, and all of them the digest of the specification.
 * https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Service/operation/ServiceInspect
 *
 * @param tasks the newest first.
 * @param expected the digest that somebody waits for; a rollback that Swarm made by itself to another is a failure.
 */
export function judgeRollout(rollout: Rollout, tasks: readonly SwarmTask[], expected?: Digest): Observation {
  const { name, digest, replicas } = rollout;
  const failure = whyFailed(rollout, expected);
  if (failure !== undefined) return { state: 'failed', reason: `${failure}${lastError(tasks)}` };
  const wanted = tasks.filter(isWanted);
  const well = wanted.filter(isWell);
  const enough = replicas ?? Math.max(wanted.length, 1);
  const counted = `service "${name}": ${well.length} of ${enough} tasks run`;
  if (isUpdating(rollout)) return { state: 'updating', reason: `${counted}; ${rollout.update?.message}` };
  if (wanted.some(task => task.digest !== digest)) {
    return { state: 'updating', reason: `${counted}, some of them another digest` };
  }
  if (well.length >= enough) {
    if (digest !== undefined) return { state: 'running', digest };
    return { state: 'unknown', reason: `service "${name}" runs an image without a digest` };
  }
  const trouble = lastError(troubled(tasks, wanted));
  if (trouble === '') return { state: 'updating', reason: counted };
  return { state: 'unhealthy', reason: `${counted}${trouble}` };
}

/** How Swarm came to leave its last update, where it did not complete it. */
export function givenUp({ update }: Rollout): 'paused' | 'rolled back' | undefined {
  if (update?.state === 'paused' || update?.state === 'rollback_paused') return 'paused';
  return update?.state === 'rollback_completed' ? 'rolled back' : undefined;
}

export function isUpdating({ update }: Rollout): boolean {
  return update?.state === 'updating' || update?.state === 'rollback_started';
}

/** Whether Swarm means it to run, now or in a moment. */
export function isWanted({ desired }: SwarmTask): boolean {
  return DESIRED.has(desired);
}

/** The digest that all that run have in common; nothing where they differ, or none runs. */
export function runningDigest(tasks: readonly SwarmTask[]): Digest | undefined {
  const digests = new Set(tasks.filter(task => isWanted(task) && isWell(task)).map(({ digest }) => digest));
  return digests.size === 1 ? [...digests][0] : undefined;
}

/** The tasks of a job are well when they have ended as they should. */
function isWell({ state }: SwarmTask): boolean {
  return state === 'running' || state === 'complete';
}

function whyFailed(rollout: Rollout, expected: Digest | undefined): string | undefined {
  const { name, update, digest } = rollout;
  const left = givenUp(rollout);
  if (left === 'paused') return `Swarm paused the update of service "${name}": ${update?.message}`;
  if (left === undefined || (expected !== undefined && expected === digest)) return undefined;
  return `Swarm rolled service "${name}" back: ${update?.message}`;
}

/** What tells why there are too few: the tasks that are not well yet, and what ended in their places before. */
function troubled(tasks: readonly SwarmTask[], wanted: readonly SwarmTask[]): readonly SwarmTask[] {
  if (wanted.length === 0) return tasks;
  const ill = new Set(wanted.filter(task => !isWell(task)).map(({ place }) => place));
  return tasks.filter(({ place }) => ill.has(place));
}

function lastError(tasks: readonly SwarmTask[]): string {
  const said = tasks.find(({ error }) => error !== undefined && error !== '')?.error;
  return said === undefined ? '' : `; a task said: ${said}`;
}
