import type { Configuration, ServiceConfiguration } from '../configuration/schema.ts';
import { Service as ServiceShape } from '../configuration/services.ts';
import type { Service } from '../documents/service.ts';

/** How a service is deployed: as the configuration says, or in the usual way where it was found at its target. */
export function settingsOf(configuration: Configuration, service: Service): ServiceConfiguration | undefined {
  const named = configuration.services[service.service];
  if (named !== undefined) return named;
  const target = configuration.targets[service.target];
  const discovers = target !== undefined && 'discover' in target && target.discover !== 'off';
  return service.discovered === true && discovers ? discoveredSettings(service) : undefined;
}

/** The usual settings of something that follows an image's tag. */
export function discoveredSettings({
  target,
  service,
  image,
  tag,
}: Pick<Service, 'target' | 'service' | 'image' | 'tag'>): ServiceConfiguration {
  return ServiceShape.parse({ target, image, tag, workload: service });
}
