import type { ContainerInspectInfo } from 'dockerode';
import type { ServiceConfiguration } from '../../../domain/configuration/schema.ts';
import { milliseconds } from '../../../domain/durations.ts';
import { parseImageReference } from '../../../domain/names/image-reference.ts';
import type { CredentialsFor } from '../../registry/credentials.ts';
import { companionSpec } from './companion-spec.ts';
import type { ContainerSpec } from './container-spec.ts';
import { DeployFailure } from './deploy-failure.ts';
import { untilHealthy } from './healthy.ts';
import { LABELS } from './labels.ts';
import { pull } from './pull.ts';
import { replace } from './replace.ts';
import { settle } from './settle.ts';
import { lookUp, type Place } from './standing.ts';

type Companion = ServiceConfiguration['companions'][string];
type Named = { readonly name: string; readonly companion: Companion };
type Starting = {
  /** The service's network. */
  readonly network: string;
  readonly credentials: CredentialsFor;
  readonly signal: AbortSignal;
};

/**
 * The containers that a service needs run and are healthy, in the order of the configuration. One that was made by
 * the same settings is started where it stands still, and otherwise left alone; one whose settings were changed is
 * stopped, and the new one gets its volumes, those without a name too. If that fails the old one is started again.
 *
 * @returns why one is left alone, where a person put something in its place.
 * @throws {DeployFailure} when one cannot run.
 */
export async function startCompanions(
  place: Place,
  { companions, ...starting }: Starting & Pick<ServiceConfiguration, 'companions'>,
): Promise<string | undefined> {
  for (const [name, companion] of Object.entries(companions)) {
    try {
      const held = await start(companionPlace(place, name), { ...starting, name, companion });
      if (held !== undefined) return held;
    } catch (error) {
      if (!(error instanceof DeployFailure)) throw error;
      throw new DeployFailure(`Companion "${name}": ${error.message}`, { cause: error });
    }
  }
  return undefined;
}

/** Why a service cannot be well, though it runs itself; nothing when all that it needs runs. */
export async function missingCompanion(
  place: Place,
  { companions }: ServiceConfiguration,
): Promise<string | undefined> {
  for (const name of Object.keys(companions)) {
    const { current } = await lookUp(companionPlace(place, name));
    if (current?.State.Running === true) continue;
    const state =
      current === undefined ? 'missing' : `${current.State.Status} (exit code ${current.State.ExitCode})`;
    return `companion "${name}" is ${state}`;
  }
  return undefined;
}

async function start(
  place: Place,
  { name, companion, network, credentials, signal }: Starting & Named,
): Promise<string | undefined> {
  const found = await lookUp(place);
  if (found.held !== undefined) return found.held;
  const { current } = await settle(place, found);
  const image = parseImageReference(companion.image);
  if (image === undefined) throw new DeployFailure(`"${companion.image}" is not an image`);
  const spec = companionSpec(place, { name, companion, image, network });
  if (current !== undefined && isMadeBy(spec, current)) {
    await join(place, current, { network, name });
    await wake(place, current, { companion, signal });
    return undefined;
  }
  await pull(place.docker, image, { login: await credentials(image.registry), signal });
  await replace(place, {
    current,
    spec: withVolumesOf(current, spec),
    service: companion,
    alone: true,
    signal,
  });
  return undefined;
}

function isMadeBy(spec: ContainerSpec, { Config }: ContainerInspectInfo): boolean {
  return Config.Labels[LABELS.configuration] === spec.Labels[LABELS.configuration];
}

async function join(
  { docker }: Place,
  { Id, NetworkSettings }: ContainerInspectInfo,
  { network, name }: { readonly network: string; readonly name: string },
): Promise<void> {
  if (NetworkSettings.Networks[network] !== undefined) return;
  await docker.getNetwork(network).connect({ Container: Id, EndpointConfig: { Aliases: [name] } });
}

/** One that runs is not doubted, whatever its health check says: the service that goes on may have use for it. */
async function wake(
  { docker }: Place,
  { Id, State }: ContainerInspectInfo,
  { companion, signal }: { readonly companion: Companion; readonly signal: AbortSignal },
): Promise<void> {
  const container = docker.getContainer(Id);
  if (State.Running && State.Health?.Status !== 'starting') return;
  if (!State.Running) await container.start();
  const secrets = Object.values(companion.environment);
  await untilHealthy(container, { after: milliseconds(companion.healthy.after), secrets, signal });
}

/** Configured names are lower case: no service is called like another one's companion. */
function companionPlace({ docker, target, service }: Place, name: string): Place {
  return { docker, target, service: `${service}-WITH-${name}` };
}

/** An image's own volumes have no name but a hash, and would be new ones in a new container. */
function withVolumesOf(current: ContainerInspectInfo | undefined, spec: ContainerSpec): ContainerSpec {
  const binds = spec.HostConfig.Binds ?? [];
  const taken = new Set(binds.map(bind => bind.split(':')[1]));
  const kept = (current?.Mounts ?? []).flatMap(({ Name, Destination }) =>
    Name !== undefined && /^[0-9a-f]{64}$/.test(Name) && !taken.has(Destination)
      ? [`${Name}:${Destination}`]
      : [],
  );
  return { ...spec, HostConfig: { ...spec.HostConfig, Binds: [...binds, ...kept] } };
}
