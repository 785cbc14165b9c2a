import type Dockerode from 'dockerode';
import type { ContainerInspectInfo } from 'dockerode';
import { unlessMissing } from '../../docker/failures.ts';
import { LABELS } from './labels.ts';
import type { Traffic } from './traffic.ts';

/** One service at one target, in one engine. */
export type Place = {
  readonly docker: Dockerode;
  readonly target: string;
  readonly service: string;
  /** Absent where no requests are led to it from outside. */
  readonly traffic?: Traffic | undefined;
};

/** The containers of a service. More than `current` means that a deploy is under way, or was killed half way. */
export type Standing = {
  /** Under the service's own name: it serves. */
  readonly current?: ContainerInspectInfo;
  /** Being tried, beside the current one. */
  readonly next?: ContainerInspectInfo;
  /** Served until the next one came, and is on its way out, or will be taken back. */
  readonly previous?: ContainerInspectInfo;
  /** Why the service is left alone: a person's container, or a person's word. */
  readonly held?: string;
};

/** Configured names are lower case, so that no service can be called like another one's next container. */
export function containerNames(service: string) {
  return { current: service, next: `${service}-NEXT`, previous: `${service}-PREVIOUS` };
}

export async function lookUp(place: Place): Promise<Standing> {
  const names = containerNames(place.service);
  const [current, next, previous] = await Promise.all(
    [names.current, names.next, names.previous].map(name => inspect(place.docker, name)),
  );
  const held = current === undefined ? undefined : whyHeld(current, place);
  return {
    ...(current !== undefined && { current }),
    ...(next !== undefined && isOurs(next, place) && { next }),
    ...(previous !== undefined && isOurs(previous, place) && { previous }),
    ...(held !== undefined && { held }),
  };
}

function whyHeld(current: ContainerInspectInfo, place: Place): string | undefined {
  const name = `container "${place.service}"`;
  if (!isOurs(current, place)) {
    const owner = current.Config.Labels[LABELS.target];
    const maker = owner === undefined ? 'was not started by headway' : `belongs to the target "${owner}"`;
    return `${name} ${maker}; remove or rename it to let headway run the service`;
  }
  if (current.State.Paused) return `${name} is paused; "docker unpause ${place.service}" lets headway go on`;
  return undefined;
}

function isOurs({ Config }: ContainerInspectInfo, { service, target }: Place): boolean {
  return Config.Labels[LABELS.service] === service && Config.Labels[LABELS.target] === target;
}

/** The engine also finds a container by the beginning of its id, which a name can look like. */
async function inspect(docker: Dockerode, name: string): Promise<ContainerInspectInfo | undefined> {
  const found = await unlessMissing(docker.getContainer(name).inspect());
  return found?.Name === `/${name}` ? found : undefined;
}
