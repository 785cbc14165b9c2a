import { createArtifacts } from './artifacts.ts';
import { createBuilders } from './builders.ts';
import { createLocalContainers } from './containers.ts';
import { createReadTree } from './read-tree.ts';
import type { Workings } from './workings.ts';

/** What the builds function works with beside what all do: what is to be built, who builds it, tests it, and keeps what is left. */
export function createEngine(its: Workings) {
  return {
    tree: createReadTree(its),
    builder: createBuilders(its),
    store: its.registry,
    artifacts: createArtifacts(its),
    containers: createLocalContainers(its),
  };
}
