import { hostname } from 'node:os';
import { connectDocker } from '../adapters/docker/engine.ts';
import type { Containers } from '../ports/containers.ts';
import { createArtifacts } from './artifacts.ts';
import { createBuilders } from './builders.ts';
import { createReadTree } from './read-tree.ts';
import type { Workings } from './workings.ts';

/** What the builds function works with beside what all do: what is to be built, who builds it, tests it, and keeps what is left. */
export function createEngine(its: Workings) {
  let containers: Promise<Containers> | undefined;
  return {
    tree: createReadTree(its),
    builder: createBuilders(its),
    store: its.registry,
    artifacts: createArtifacts(its),
    containers() {
      containers ??= createContainers(its);
      return containers;
    },
  };
}

async function createContainers({ environment, credentials, clock, folders }: Workings): Promise<Containers> {
  const { createDockerContainers } = await import('../adapters/containers/docker/containers.ts');
  const engine = connectDocker({ environment });
  // The same after a restart, and no other's: whatever a killed process left is known by it.
  return createDockerContainers({
    engine,
    credentials,
    clock,
    owner: `${hostname()} ${folders.repos} tests`,
  });
}
