import { connectDocker } from '../adapters/docker/engine.ts';
import type { Containers } from '../ports/containers.ts';
import { createArtifacts } from './artifacts.ts';
import { createBuilders } from './builders.ts';
import { createReadTree } from './read-tree.ts';
import { runOwner } from './run-owner.ts';
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

async function createContainers(its: Workings): Promise<Containers> {
  const { environment, credentials, clock } = its;
  const { createDockerContainers } = await import('../adapters/containers/docker/containers.ts');
  const engine = connectDocker({ environment });
  return createDockerContainers({ engine, credentials, clock, owner: runOwner(its) });
}
