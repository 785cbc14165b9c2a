import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { openSqliteDocuments } from '../../shared/adapters/documents/sqlite.ts';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import type { Builder } from '../../shared/ports/builder.ts';
import { builds } from '../../shared/records/collections.ts';
import { queries } from '../../shared/records/queries.ts';
import { createRecords, refTo } from '../../shared/records/records.ts';
import { createFaults } from '../helpers/world/faults.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { deliverPush, pushOf, URL_OF_SHOP } from '../helpers/world/shop.ts';
import { createSurroundings, startLife } from '../helpers/world/world.ts';
import type { SimulatedTree } from './random-tree.ts';

const COMMIT = 'c1';

type Building = { readonly tree: SimulatedTree; readonly limit: number; readonly folder: string };
export type Simulated = {
  /** Milliseconds from the push until the last image's notice is settled. */
  readonly took: number;
  /** How many ran at once at most. */
  readonly most: number;
  readonly succeeded: number;
  /** How many were begun before their parents were there. */
  readonly early: number;
};

/** Pushes one commit to headway's own functions, over SQLite and hints in process, with a builder that only waits. */
export async function simulateBuilds({ tree, limit, folder }: Building): Promise<Simulated> {
  const configuration = ConfigurationShape.parse({
    repos: { shop: { url: URL_OF_SHOP } },
    images: Object.fromEntries(
      tree.map(({ name, parent }) => [
        name,
        { repo: 'shop', repository: `registry.example/shop/${name}`, parent },
      ]),
    ),
    hooks: { github: { kind: 'github', secret: 'env://GITHUB' } },
    builds: { concurrency: limit },
  });
  const documents = openSqliteDocuments({
    path: join(folder, `builds-${tree.length}-${limit}.sqlite`),
    queries,
  });
  const world = createSurroundings({ [COMMIT]: [] });
  const { builder, seen } = waitingBuilder(tree, world.registry);
  const life = await startLife(
    { ...world, builder, clock: { now: Date.now, pass: () => {} } },
    { documents, configuration, faults: createFaults({}), worker: 'bench', builds: limit },
  );
  await life.adopt();
  world.forge.setHead('main', shaOf(COMMIT));
  const start = performance.now();
  await deliverPush(life.hooks, 'push', pushOf(undefined, COMMIT));
  await life.idle();
  const took = performance.now() - start;
  const records = createRecords(documents);
  const found = await Promise.all(tree.map(({ name }) => records.get(refTo(builds, name, shaOf(COMMIT)))));
  await life.close();
  await documents.close();
  return { took, ...seen, succeeded: found.filter(build => build?.status === 'succeeded').length };
}

type Registry = ReturnType<typeof createSurroundings>['registry'];

function waitingBuilder(tree: SimulatedTree, registry: Registry) {
  const known = new Map(tree.map(image => [`shop/${image.name}`, image]));
  const seen = { most: 0, early: 0 };
  let underWay = 0;
  const builder: Builder = {
    name: 'waiting',
    async build({ image, args }) {
      const { parent, takes = 0 } = known.get(image.repository) ?? {};
      if (parent !== undefined && args['BASE'] === undefined) seen.early += 1;
      seen.most = Math.max(seen.most, ++underWay);
      await later(takes);
      underWay -= 1;
      const digest = digestOf(image.repository, image.tag ?? '', args['BASE'] ?? '');
      registry.push({ ...image, tag: image.tag ?? '' }, digest);
      return { digest };
    },
  };
  return { builder, seen };
}
