import { ConfigurationShape, type ServiceConfiguration } from '../../shared/domain/configuration/schema.ts';
import type { Digest } from '../../shared/domain/names/digest.ts';
import type { Order } from '../../shared/ports/target.ts';

/** A digest of which only the last digits differ. */
export function digest(number: number): Digest {
  return `sha256:${number.toString(16).padStart(64, '0')}`;
}

/** A service of this name, whose image is `ghcr.io/acme/NAME`. */
export function orderOf(name: string, wanted: Digest): Order {
  return {
    name,
    service: service(name),
    image: { ...imageOf(name), digest: wanted },
    commit: 'c'.repeat(40),
  };
}

export function imageOf(name: string) {
  return { registry: 'ghcr.io', repository: `acme/${name}` };
}

export function service(name: string): ServiceConfiguration {
  const services = { [name]: { target: 'cluster', image: name, tag: 'prod' } };
  const found = ConfigurationShape.parse({ services }).services[name];
  if (found === undefined) throw new Error(`Cannot make service "${name}"`);
  return found;
}
