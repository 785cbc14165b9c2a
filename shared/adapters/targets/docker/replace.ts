import type Dockerode from 'dockerode';
import type { Container, ContainerCreateOptions, HostConfig } from 'dockerode';
import { milliseconds } from '../../../domain/durations.ts';
import type { Order } from '../../../ports/target.ts';
import { refusalOf } from '../../docker/failures.ts';
import { type ContainerSpec, fixedPorts } from './container-spec.ts';
import { untilHealthy } from './healthy.ts';
import { markProved, settle, stepAside } from './settle.ts';
import { containerNames, lookUp, type Place, type Standing } from './standing.ts';

type Replacement = {
  readonly current: Standing['current'];
  readonly spec: ContainerSpec;
  readonly service: Pick<Order['service'], 'environment' | 'healthy'>;
  /** Two of them cannot run at the same time: the current one is stopped first. */
  readonly alone?: boolean;
  readonly signal: AbortSignal;
};

/** The new container in place of the current one, or everything as it was and the reason thrown. */
export async function replace(place: Place, replacement: Replacement): Promise<void> {
  try {
    await proveNext(place, replacement);
  } catch (error) {
    await settle(place, await lookUp(place)).catch(second => {
      const both = `${messageOf(error)}; and what ran before could not be brought back: ${messageOf(second)}`;
      throw new AggregateError([error, second], both);
    });
    throw error;
  }
  await settle(place, await lookUp(place));
}

async function proveNext(
  place: Place,
  { current, spec, service, alone = false, signal }: Replacement,
): Promise<void> {
  const { docker, service: name } = place;
  const next = await createContainer(docker, containerNames(name).next, spec);
  if (current !== undefined && (alone || sharesPort(current.HostConfig, spec.HostConfig))) {
    await stepAside(place, current);
  }
  signal.throwIfAborted();
  await next.start();
  const secrets = Object.values(service.environment);
  await untilHealthy(next, { after: milliseconds(service.healthy.after), secrets, signal });
  await markProved(place, next.id);
}

/** The client would also write everything into the URL, the environment's secrets with it, unless told apart. */
function createContainer(docker: Dockerode, name: string, spec: ContainerSpec): Promise<Container> {
  return docker.createContainer({ _query: { name }, _body: spec } as ContainerCreateOptions);
}

function sharesPort(current: HostConfig, next: HostConfig): boolean {
  const taken = fixedPorts(current);
  return [...fixedPorts(next)].some(port => taken.has(port));
}

function messageOf(error: unknown): string {
  return refusalOf(error)?.message ?? (error instanceof Error ? error.message : String(error));
}
