import { connectDocker } from '../../shared/adapters/docker/engine.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';

export type WithoutAbsent = {
  readonly configuration: Configuration;
  /** What is left out on this machine and why, as sentences. */
  readonly leftOut: readonly string[];
};

/** The configuration without the optional targets that do not answer, and without their services. */
export async function leaveOutAbsent(
  configuration: Configuration,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<WithoutAbsent> {
  const absent = new Map<string, string>();
  for (const [name, target] of Object.entries(configuration.targets)) {
    if (target.kind !== 'docker' || !target.optional) continue;
    const reach = await connectDocker({ host: target.host, environment }).reachable();
    if (!reach.answers) absent.set(name, reach.reason);
  }
  const services = Object.entries(configuration.services).filter(([, { target }]) => !absent.has(target));
  const leftOut = [...absent].map(([name, reason]) => {
    const missing = Object.keys(configuration.services).filter(
      service => configuration.services[service]?.target === name,
    );
    return `left out: ${missing.join(', ') || 'nothing'} at target ${name}. ${reason}`;
  });
  return { configuration: { ...configuration, services: Object.fromEntries(services) }, leftOut };
}
