import type { Configuration, ServiceConfiguration } from '../../shared/domain/configuration/schema.ts';
import type { Service } from '../../shared/domain/documents/service.ts';
import type { Hints } from '../../shared/ports/hints.ts';
import { services } from '../../shared/records/collections.ts';
import { type Records, refTo } from '../../shared/records/records.ts';

type Waves = { readonly records: Records; readonly hints: Hints; readonly configuration: Configuration };

/** The services that have to run what they want before this one is deployed, by name. */
export async function servicesBefore(
  { records, configuration }: Waves,
  { after }: ServiceConfiguration,
): Promise<ReadonlyMap<string, Service | undefined>> {
  const found = await Promise.all(
    after.map(async name => {
      const target = configuration.services[name]?.target;
      const service = target === undefined ? undefined : await records.get(refTo(services, target, name));
      return [name, service] as const;
    }),
  );
  return new Map(found);
}

/** Those that may have waited for this one get a look at once; without it they get theirs a little later. */
export async function wakeNextWave({ hints, configuration }: Waves, name: string): Promise<void> {
  const next = Object.entries(configuration.services).filter(([, { after }]) => after.includes(name));
  await hints.publish(
    next.map(([service, { target }]) => {
      const { collection, key } = refTo(services, target, service);
      return { topic: 'deploys', collection, key };
    }),
  );
}
