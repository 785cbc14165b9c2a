import { createHash } from 'node:crypto';
import type { ServiceConfiguration } from '../../../domain/configuration/schema.ts';
import type { ImageReference } from '../../../domain/names/image-reference.ts';
import { imageName } from '../../docker/pull.ts';
import type { ContainerSpec } from './container-spec.ts';
import { LABELS } from './labels.ts';
import type { Place } from './standing.ts';

type Companion = ServiceConfiguration['companions'][string];
type Named = {
  readonly name: string;
  readonly companion: Companion;
  readonly image: ImageReference;
  readonly network: string;
};

/**
 * What the engine is asked to create: on the service's network under the companion's own name, with no port
 * published. The network is left out of what tells whether its settings were changed: it can be joined later.
 */
export function companionSpec(
  { service, target }: Place,
  { name, companion, image, network }: Named,
): ContainerSpec {
  const { environment, volumes, command } = companion;
  const spec = {
    Image: imageName(image),
    ...(command !== undefined && { Cmd: command }),
    Env: Object.entries(environment).map(([variable, value]) => `${variable}=${value}`),
    HostConfig: { Binds: volumes, RestartPolicy: { Name: 'no' } },
  };
  return {
    ...spec,
    HostConfig: { ...spec.HostConfig, NetworkMode: network },
    NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [name] } } },
    Labels: {
      [LABELS.service]: service,
      [LABELS.target]: target,
      // Not one of the services that may be found by the image they run.
      'headway.enable': 'false',
      [LABELS.configuration]: createHash('sha256').update(JSON.stringify(spec)).digest('hex'),
    },
  };
}
