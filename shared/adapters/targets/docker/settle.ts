import type { ContainerInspectInfo } from 'dockerode';
import { refusalOf } from '../../docker/failures.ts';
import { containerNames, lookUp, type Place, type Standing } from './standing.ts';

/**
 * Brings a service out of the middle of a deploy, whoever left it there: forwards when the next container proved
 * itself, else back to what ran before. Every deploy begins and ends with this, so that a deploy that failed,
 * was aborted or was killed is undone by the same few lines that finish one that worked.
 *
 * The new container gets the name before the old one is stopped: in the service's network the name leads to one
 * that serves, at every moment. Requests from outside are led to it first of all, and the old one has time to answer
 * those that it has. Volumes are never removed.
 */
export async function settle(place: Place, standing: Standing): Promise<Standing> {
  const { current, next, previous } = standing;
  if (next === undefined && previous === undefined) return standing;
  if (next !== undefined && hasProvedItself(next)) {
    await takeOver(place, { next, current, previous });
  } else {
    if (next !== undefined) await discard(place, next);
    if (previous !== undefined) await (current === undefined ? takeBack : retire)(place, previous);
  }
  return lookUp(place);
}

/** The mark by which the next one to look knows that this container may take over. */
export async function markProved({ docker }: Place, id: string): Promise<void> {
  await docker.getContainer(id).update({ RestartPolicy: { Name: 'unless-stopped' } });
}

/** Frees the ports that the next container needs; undone by {@link settle} unless that proves itself. */
export async function stepAside(place: Place, current: ContainerInspectInfo): Promise<void> {
  await rename(place, current, containerNames(place.service).previous);
  await stop(place, current);
}

function hasProvedItself({ HostConfig, State }: ContainerInspectInfo): boolean {
  return HostConfig.RestartPolicy?.Name === 'unless-stopped' && State.Running && !State.Restarting;
}

type Settling = {
  readonly next: ContainerInspectInfo;
  readonly current: Standing['current'];
  readonly previous: Standing['previous'];
};

async function takeOver(place: Place, { next, current, previous }: Settling) {
  const names = containerNames(place.service);
  await place.traffic?.to(place.docker, next.Id);
  if (current !== undefined && previous !== undefined) await retire(place, previous);
  if (current !== undefined) await rename(place, current, names.previous);
  await rename(place, next, names.current);
  // Whoever looked at the service meanwhile may have led requests back to the old one.
  await place.traffic?.to(place.docker, next.Id);
  const old = current ?? previous;
  if (old?.State.Running === true) await place.traffic?.drain();
  if (old !== undefined) await retire(place, old);
}

async function takeBack(place: Place, previous: ContainerInspectInfo): Promise<void> {
  await rename(place, previous, containerNames(place.service).current);
  if (previous.State.Running) return;
  await place.docker.getContainer(previous.Id).start();
  await place.traffic?.to(place.docker, previous.Id);
}

async function rename({ docker }: Place, { Id }: ContainerInspectInfo, name: string): Promise<void> {
  await docker.getContainer(Id).rename({ name });
}

/** Lets it finish what it is doing, for as long as it was made to be given. */
async function retire(place: Place, container: ContainerInspectInfo): Promise<void> {
  await stop(place, container);
  await discard(place, container);
}

async function stop({ docker }: Place, { Id }: ContainerInspectInfo): Promise<void> {
  await docker.getContainer(Id).stop().catch(unlessDone);
}

async function discard({ docker }: Place, { Id }: ContainerInspectInfo): Promise<void> {
  await docker.getContainer(Id).remove({ force: true }).catch(unlessDone);
}

/** The engine refuses to stop what has ended (304) and what is gone (404). */
function unlessDone(error: unknown): void {
  const status = refusalOf(error)?.status;
  if (status !== 304 && status !== 404) throw error;
}
